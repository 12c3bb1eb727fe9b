namespace FeatureService.Caching;

/// <summary>
/// CPU time that <c>auto</c> may spend on keeping blocks nobody may ever ask for: a share of what passes while backfills run, so that the
/// first build of something is not slower than it would be without a cache by more than that. Safe from any thread.
/// </summary>
/// <param name="workers">CPUs of the service.</param>
/// <param name="time">The clock.</param>
internal sealed class FillBudget(int workers, TimeProvider time)
{
    /// <summary>The share of the time of all CPUs.</summary>
    public const double Share = 0.04;

    /// <summary>What there is at the start, so that small datasets are kept at once.</summary>
    public static readonly TimeSpan Initial = TimeSpan.FromMilliseconds(25);

    /// <summary>The most that is saved up.</summary>
    private static readonly TimeSpan _most = TimeSpan.FromMilliseconds(500);

    /// <summary>Between two parts of a backfill lies less than this; what is longer was no backfill.</summary>
    private static readonly TimeSpan _idle = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private double _left = Initial.TotalSeconds;
    private long _earnedAt = time.GetTimestamp();

    /// <summary>Notes that a backfill is under way.</summary>
    public void Earn()
    {
        lock (_lock)
        {
            var passed = time.GetElapsedTime(_earnedAt);
            _earnedAt = time.GetTimestamp();
            _left = Math.Min(_most.TotalSeconds, _left + (passed < _idle ? passed.TotalSeconds * workers * Share : 0));
        }
    }

    /// <summary>Takes time out of the budget.</summary>
    /// <param name="nanoseconds">How much.</param>
    /// <returns>False where there is none left.</returns>
    public bool TrySpend(double nanoseconds)
    {
        lock (_lock)
        {
            if (_left <= 0)
            {
                return false;
            }

            // The last one may overdraw it, which is made up for before the next.
            _left -= nanoseconds / 1e9;
            return true;
        }
    }
}
