namespace FeatureService.Caching;

/// <summary>
/// Stops calls that fail: opens at five failures in a row, or at half of at least ten calls within two seconds; then lets one trial
/// through every half a second, give or take a fifth, and closes when one succeeds. Asking an open one costs nanoseconds.
/// </summary>
/// <remarks>Breakers of libraries want a hundred to a thousand calls before they open; a backfill makes some ten a second.</remarks>
/// <param name="time">The clock.</param>
/// <param name="seed">Seed of the jitter.</param>
internal sealed class CircuitBreaker(TimeProvider time, int seed = 0)
{
    /// <summary>Failures in a row that open it.</summary>
    public const int ConsecutiveMax = 5;

    /// <summary>Calls of a period from which a share of failures counts.</summary>
    public const int CallsMin = 10;

    /// <summary>The period.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    /// <summary>Between trials.</summary>
    public static readonly TimeSpan TrialPeriod = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly Queue<(long At, bool IsFailure)> _calls = new();
    private long _openedAt;
    private long _trialAt;
    private int _consecutive;
    private int _failures;
    private volatile bool _isOpen;

    /// <summary>Whether calls are stopped.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>For how long it has been open; zero where it is closed.</summary>
    public TimeSpan OpenFor => _isOpen ? time.GetElapsedTime(Interlocked.Read(ref _openedAt)) : TimeSpan.Zero;

    /// <summary>Whether it is open and a trial is due: true once, then not before the next period.</summary>
    public bool TryTrial()
    {
        if (!_isOpen)
        {
            return false;
        }

        lock (_lock)
        {
            if (!_isOpen || time.GetElapsedTime(_trialAt) < TimeSpan.Zero)
            {
                return false;
            }

            ScheduleTrial();
            return true;
        }
    }

    /// <summary>A call, or a trial, has succeeded.</summary>
    public void Succeed() => Note(isFailure: false);

    /// <summary>A call, or a trial, has failed.</summary>
    public void Fail() => Note(isFailure: true);

    private void Note(bool isFailure)
    {
        lock (_lock)
        {
            if (_isOpen)
            {
                // Calls that were under way when it opened say nothing new unless one succeeds.
                if (!isFailure)
                {
                    _isOpen = false;
                    (_consecutive, _failures) = (0, 0);
                    _calls.Clear();
                }

                return;
            }

            var now = time.GetTimestamp();
            _consecutive = isFailure ? _consecutive + 1 : 0;
            _failures += isFailure ? 1 : 0;
            _calls.Enqueue((now, isFailure));
            while (time.GetElapsedTime(_calls.Peek().At, now) > Period)
            {
                _failures -= _calls.Dequeue().IsFailure ? 1 : 0;
            }

            if (_consecutive >= ConsecutiveMax || (_calls.Count >= CallsMin && _failures * 2 >= _calls.Count))
            {
                _isOpen = true;
                Interlocked.Exchange(ref _openedAt, now);
                ScheduleTrial();
            }
        }
    }

    private void ScheduleTrial()
    {
        var pause = TrialPeriod * (0.8 + (0.4 * _random.NextDouble()));
        _trialAt = time.GetTimestamp() + (long)(pause.TotalSeconds * time.TimestampFrequency);
    }
}
