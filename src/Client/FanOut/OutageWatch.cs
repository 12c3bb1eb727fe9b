using FeatureService.Client.Transport;

namespace FeatureService.Client.FanOut;

/// <summary>
/// Knows for how long a whole fan-out has seen failures without any progress between them, and ends it when that is too long.
/// </summary>
/// <param name="options">The time allowed and the clock.</param>
internal sealed class OutageWatch(FeatureServiceClientOptions options) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _expired = new(Timeout.InfiniteTimeSpan, options.Time);
    private bool _failing;
    private Exception? _lastFailure;

    /// <summary>Cancelled once the outage has lasted too long.</summary>
    public CancellationToken Expired => _expired.Token;

    /// <summary>A slice has arrived, whoever asked for it.</summary>
    public void Progressed()
    {
        lock (_lock)
        {
            if (_failing)
            {
                _failing = false;
                _expired.CancelAfter(Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>A call has failed in a way that another one may not.</summary>
    /// <param name="failure">The failure.</param>
    public void Failed(Exception failure)
    {
        lock (_lock)
        {
            _lastFailure = failure;
            if (!_failing)
            {
                _failing = true;
                _expired.CancelAfter(options.OutageTimeout);
            }
        }
    }

    /// <summary>What ends the fan-out once <see cref="Expired"/> is cancelled.</summary>
    public PartialBuildException ToException()
    {
        lock (_lock)
        {
            var seconds = options.OutageTimeout.TotalSeconds;
            return new PartialBuildException(
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"no progress for {seconds:0.#} s: {_lastFailure?.Message}"),
                _lastFailure);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _expired.Dispose();
}
