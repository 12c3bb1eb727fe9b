using Grpc.Core;

namespace FeatureService.Client.Transport.Pods;

/// <summary>
/// Watches one call for silence. A pod that hangs keeps its connections open, so nothing but the missing answer tells: after some
/// silence it is asked by a small call, and where it does not answer that either, the call is given up. A pod that was given up so
/// before and has brought nothing since is asked more often: perhaps it is only slow.
/// </summary>
internal sealed class CallWatch : IDisposable
{
    private readonly PodLease _lease;
    private readonly FeatureServiceClientOptions _options;
    private readonly TimeSpan _silenceMax;
    private readonly Action _answered;
    private readonly int _patience;
    private readonly CancellationTokenSource _stop;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private bool _waiting;
    private int _turn;
    private int _unanswered;
    private long _since;

    /// <summary>A watch that does not wait yet.</summary>
    /// <param name="lease">The call's pod.</param>
    /// <param name="options">When to ask.</param>
    /// <param name="silenceMax">Silence that ends the call even where the pod answers; infinite for none.</param>
    /// <param name="answered">Told each time that the pod is silent and yet answers.</param>
    /// <param name="cancellation">Ends the call.</param>
    public CallWatch(
        PodLease lease, FeatureServiceClientOptions options, TimeSpan silenceMax, Action answered, CancellationToken cancellation)
    {
        (_lease, _options, _silenceMax, _answered) = (lease, options, silenceMax, answered);
        // As it was when the call began: others that are given up beside it say nothing new.
        _patience = lease.Pod.SilenceCount;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _timer = options.Time.CreateTimer(_ => _ = LookAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What the call is to be ended by.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Why the call was given up; null where it was not.</summary>
    public FeatureServiceException? Verdict { get; private set; }

    private TimeSpan LookAfter => _silenceMax == Timeout.InfiniteTimeSpan || _options.ProbeAfter < _silenceMax ? _options.ProbeAfter : _silenceMax;

    /// <summary>The pod's turn begins.</summary>
    public void Wait()
    {
        lock (_lock)
        {
            _waiting = true;
            _turn++;
            _since = _options.Time.GetTimestamp();
        }

        _timer.Change(LookAfter, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The pod has sent something.</summary>
    public void Arrived()
    {
        lock (_lock)
        {
            _waiting = false;
            _turn++;
        }

        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _waiting = false;
            _turn++;
        }

        _timer.Dispose();
        _stop.Dispose();
    }

    private async Task LookAsync()
    {
        if (Silence() is not var (turn, silence))
        {
            return;
        }

        if (_silenceMax != Timeout.InfiniteTimeSpan && silence >= _silenceMax)
        {
            End(turn, $"{_lease.Endpoint.Address} sent nothing for {silence.TotalSeconds:0.#} s");
        }
        else if (await IsSilentAsync().ConfigureAwait(false) && ++_unanswered > _patience)
        {
            End(turn, $"{_lease.Endpoint.Address} does not answer: nothing for {silence.TotalSeconds:0.#} s, nor to a probe");
        }
        else if (Silence() is var (sameTurn, _) && sameTurn == turn)
        {
            _timer.Change(LookAfter, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task<bool> IsSilentAsync()
    {
        if (await _lease.Endpoint.AskAsync().ConfigureAwait(false) == EndpointState.Silent)
        {
            return true;
        }

        _unanswered = 0;
        _answered();
        return false;
    }

    private (int Turn, TimeSpan Silence)? Silence()
    {
        lock (_lock)
        {
            return _waiting ? (_turn, _options.Time.GetElapsedTime(_since)) : null;
        }
    }

    private void End(int turn, string message)
    {
        lock (_lock)
        {
            if (!_waiting || _turn != turn)
            {
                return;
            }

            Verdict = new FeatureServiceException(StatusCode.Unavailable, message) { Endpoint = _lease.Endpoint.Address, IsSilence = true };
        }

        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The call has ended in this moment.
        }
    }
}
