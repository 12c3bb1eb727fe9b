namespace FeatureService.Pipeline;

/// <summary>How long the service runs.</summary>
/// <param name="time">The clock; the service is started when this is made.</param>
public sealed class Uptime(TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    /// <summary>Time since the start.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_started);
}
