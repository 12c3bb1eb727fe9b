namespace FeatureService.Client.Tests.Simulation;

/// <summary>
/// A clock that stands still until it is told to go to its next timer, which then runs on the caller's thread with all that follows from
/// it. So a simulated run is one thread's, takes no time and is the same each time.
/// </summary>
public sealed class VirtualTime : TimeProvider
{
    private static readonly DateTimeOffset _start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<(VirtualTimer Timer, int Turn), (long Due, long Order)> _due = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private long _now;
    private long _order;

    /// <summary>Where something went on on another thread, which then is not simulated; null where nothing did.</summary>
    public string? Stray { get; private set; }

    public TimeSpan Elapsed => TimeSpan.FromTicks(_now);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    public override long GetTimestamp() => _now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            Stray ??= Environment.StackTrace;
        }

        var timer = new VirtualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Does something at a time.</summary>
    public void At(TimeSpan elapsed, Action action) =>
        CreateTimer(_ => action(), null, elapsed > Elapsed ? elapsed - Elapsed : TimeSpan.Zero, Timeout.InfiniteTimeSpan);

    /// <summary>Goes to the next timer and runs it.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Step()
    {
        while (_due.TryDequeue(out var next, out var at))
        {
            if (next.Timer.IsDue(next.Turn))
            {
                _now = at.Due;
                next.Timer.Run();
                return true;
            }
        }

        return false;
    }

    private sealed class VirtualTimer(VirtualTime time, Action action) : ITimer
    {
        private TimeSpan _period;
        private int _turn;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _turn++;
            _period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                time._due.Enqueue((this, _turn), (time._now + dueTime.Ticks, time._order++));
            }

            return true;
        }

        public bool IsDue(int turn) => turn == _turn;

        public void Run()
        {
            _turn++;
            if (_period != Timeout.InfiniteTimeSpan && _period != TimeSpan.Zero)
            {
                Change(_period, _period);
            }

            action();
        }

        public void Dispose() => _turn++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
