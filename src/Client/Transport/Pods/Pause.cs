namespace FeatureService.Client.Transport.Pods;

/// <summary>
/// Pauses that go on where their end or their cancellation comes from. <see cref="Task.Delay(TimeSpan, TimeProvider, CancellationToken)"/>
/// goes on in the thread pool when it is cancelled, where no simulation could follow it.
/// </summary>
internal static class Pause
{
    /// <summary>Waits.</summary>
    /// <param name="length">For how long.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task ForAsync(TimeSpan length, TimeProvider time, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (length <= TimeSpan.Zero)
        {
            return;
        }

        var over = new TaskCompletionSource();
        var timer = time.CreateTimer(_ => over.TrySetResult(), null, length, Timeout.InfiniteTimeSpan);
        await using (timer.ConfigureAwait(false))
        {
            var registration = cancellation.UnsafeRegister((_, token) => over.TrySetCanceled(token), null);
            await using (registration.ConfigureAwait(false))
            {
                await over.Task.ConfigureAwait(false);
            }
        }
    }
}
