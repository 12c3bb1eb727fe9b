namespace FeatureService.Client.FanOut;

/// <summary>Time that pods have had for a shard: while calls for it run, and its receiver does not hold them up.</summary>
/// <param name="time">The clock.</param>
internal sealed class WorkClock(TimeProvider time)
{
    private readonly Lock _lock = new();
    private TimeSpan _passed;
    private long _since;
    private int _calls;
    private int _held;

    /// <summary>The time so far.</summary>
    public TimeSpan Passed
    {
        get
        {
            lock (_lock)
            {
                return _passed + Running;
            }
        }
    }

    private TimeSpan Running => _calls > 0 && _held == 0 ? time.GetElapsedTime(_since) : TimeSpan.Zero;

    /// <summary>A call begins.</summary>
    public void Begin() => Change(1, 0);

    /// <summary>A call has ended.</summary>
    public void End() => Change(-1, 0);

    /// <summary>The receiver holds the calls up.</summary>
    public void Hold() => Change(0, 1);

    /// <summary>The receiver lets them go on.</summary>
    public void GoOn() => Change(0, -1);

    private void Change(int calls, int held)
    {
        lock (_lock)
        {
            _passed += Running;
            _since = time.GetTimestamp();
            _calls += calls;
            _held += held;
        }
    }
}
