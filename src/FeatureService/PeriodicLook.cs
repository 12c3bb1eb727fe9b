namespace FeatureService;

/// <summary>Looks at something again and again until the service stops. A look that fails must not end the looking, nor go unseen.</summary>
/// <param name="period">From the start to the first look, and from one to the next.</param>
/// <param name="time">The clock.</param>
internal abstract class PeriodicLook(TimeSpan period, TimeProvider time) : BackgroundService
{
    /// <summary>Looks once.</summary>
    public abstract void Look();

    /// <summary>Tells how a look has failed.</summary>
    /// <param name="exception">How.</param>
    protected abstract void LogFault(Exception exception);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                LookOrTell();
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    private void LookOrTell()
    {
        try
        {
            Look();
        }
        catch (Exception exception)
        {
            LogFault(exception);
        }
    }
}
