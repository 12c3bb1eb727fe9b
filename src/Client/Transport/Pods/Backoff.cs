namespace FeatureService.Client.Transport.Pods;

/// <summary>Pauses before another attempt, spread at random so that callers do not come back together.</summary>
internal static class Backoff
{
    /// <summary>A pause after so many failures in a row: doubling, bounded, between half and all of it at random.</summary>
    /// <param name="failureCount">From 1.</param>
    /// <param name="options">The bounds.</param>
    public static TimeSpan After(int failureCount, FeatureServiceClientOptions options)
    {
        var full = Math.Min(options.BackoffMin.TotalMilliseconds * (1 << Math.Min(failureCount - 1, 20)), options.BackoffMax.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(full * (0.5 + (options.Random.NextDouble() / 2)));
    }

    /// <summary>A pause that the service has asked for, and up to a quarter more; at least <see cref="After"/>.</summary>
    /// <param name="asked">What was asked; null for nothing.</param>
    /// <param name="failureCount">From 1.</param>
    /// <param name="options">The bounds.</param>
    public static TimeSpan Asked(TimeSpan? asked, int failureCount, FeatureServiceClientOptions options)
    {
        var least = After(failureCount, options);
        var spread = (asked ?? TimeSpan.Zero) * (1 + (options.Random.NextDouble() / 4));
        return spread > least ? spread : least;
    }
}
