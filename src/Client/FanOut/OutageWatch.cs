using FeatureService.Client.Transport;

namespace FeatureService.Client.FanOut;

/// <summary>
/// Knows for how long a whole fan-out has seen failures without any progress between them, and ends it when that is too long: soon
/// where nobody answers, later where pods answer, but that they are full or have nothing yet.
/// </summary>
/// <param name="options">The times allowed and the clock.</param>
internal sealed class OutageWatch(FeatureServiceClientOptions options) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _expired = new(Timeout.InfiniteTimeSpan, options.Time);
    private DateTimeOffset? _stuckSince;
    private DateTimeOffset? _goneSince;
    private FeatureServiceException? _lastFailure;

    private TimeSpan StuckMax => options.BusyTimeout > options.OutageTimeout ? options.BusyTimeout : options.OutageTimeout;

    /// <summary>Cancelled once the outage has lasted too long.</summary>
    public CancellationToken Expired => _expired.Token;

    /// <summary>Something has arrived, whoever asked for it.</summary>
    public void Progressed()
    {
        lock (_lock)
        {
            if (_stuckSince is not null)
            {
                (_stuckSince, _goneSince) = (null, null);
                _expired.CancelAfter(Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>A pod has answered, though it has brought nothing yet: it is not gone.</summary>
    public void Answered()
    {
        lock (_lock)
        {
            if (_goneSince is not null)
            {
                _goneSince = null;
                Schedule();
            }
        }
    }

    /// <summary>A call has failed in a way that another one may not.</summary>
    /// <param name="failure">The failure.</param>
    public void Failed(FeatureServiceException failure)
    {
        lock (_lock)
        {
            var now = options.Time.GetUtcNow();
            _lastFailure = failure;
            _stuckSince ??= now;
            _goneSince = Failures.KindOf(failure) == FailureKind.Busy ? null : _goneSince ?? now;
            Schedule();
        }
    }

    /// <summary>What ends the fan-out once <see cref="Expired"/> is cancelled.</summary>
    public PartialBuildException ToException()
    {
        lock (_lock)
        {
            var seconds = (_goneSince is null ? StuckMax : options.OutageTimeout).TotalSeconds;
            return new PartialBuildException(
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"no progress for {seconds:0.#} s: {_lastFailure?.Message}"),
                _lastFailure);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _expired.Dispose();


    private void Schedule()
    {
        var now = options.Time.GetUtcNow();
        var end = (_stuckSince ?? now) + StuckMax;
        if (_goneSince + options.OutageTimeout is { } sooner && sooner < end)
        {
            end = sooner;
        }

        _expired.CancelAfter(end > now ? end - now : TimeSpan.Zero);
    }
}
