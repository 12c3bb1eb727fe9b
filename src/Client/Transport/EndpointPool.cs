using FeatureService.Contracts.V1;
using Grpc.Core;

namespace FeatureService.Client.Transport;

/// <summary>
/// Hands out endpoints for streams: the least busy one, at most so many streams each. One that failed is set aside for a while that
/// doubles, and is probed by a small call before it gets work again.
/// </summary>
internal sealed class EndpointPool
{
    private static readonly TimeSpan ProbeDeadline = TimeSpan.FromSeconds(2);

    /// <summary>Most streams that advice can lead to: what a wrong server could else make us open.</summary>
    private const int AdvisedMax = 64;

    private readonly Lock _lock = new();
    private readonly Slot[] _slots;
    private readonly FeatureServiceClientOptions _options;
    private TaskCompletionSource _changed = NewSignal();
    private int _advised = 2;

    /// <summary>A pool in which all endpoints are thought to be up.</summary>
    /// <param name="endpoints">The endpoints.</param>
    /// <param name="options">The client's options.</param>
    public EndpointPool(IEnumerable<Endpoint> endpoints, FeatureServiceClientOptions options)
    {
        _options = options;
        _slots = [.. endpoints.Select(e => new Slot(e))];
    }

    /// <summary>Streams that one endpoint is given at once, callers that bound themselves excepted.</summary>
    public int BackfillsPerEndpoint => _options.BackfillsPerEndpointMax ?? Volatile.Read(ref _advised);

    /// <summary>Takes what the service advises; nothing where it advises none. All endpoints are taken to be alike.</summary>
    /// <param name="backfillsInFlight">Streams that one caller does well to keep in flight on one process.</param>
    public void Advise(int backfillsInFlight)
    {
        if (backfillsInFlight > 0)
        {
            Volatile.Write(ref _advised, Math.Min(backfillsInFlight, AdvisedMax));
        }
    }

    /// <summary>Waits for an endpoint with room.</summary>
    /// <param name="avoid">Taken only where no other is left: the one that has just failed this caller.</param>
    /// <param name="beyondLimit">Whether to go beyond the streams of an endpoint: for callers that bound themselves.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<EndpointLease> AcquireAsync(Endpoint? avoid, bool beyondLimit, CancellationToken cancellation)
    {
        while (true)
        {
            var (slot, changed, wait) = TryTake(avoid, beyondLimit);
            if (slot is null)
            {
                using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                await Task.WhenAny(changed, Task.Delay(wait, _options.Time, timer.Token)).ConfigureAwait(false);
                await timer.CancelAsync().ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
                continue;
            }

            var lease = new EndpointLease(this, slot);
            if (slot.FailureCount == 0 || await ProbeAsync(slot.Endpoint, cancellation).ConfigureAwait(false))
            {
                return lease;
            }

            lease.Failed();
            lease.Dispose();
        }
    }

    internal void Release(Slot slot)
    {
        lock (_lock)
        {
            slot.InFlight--;
            Signal();
        }
    }

    internal void Report(Slot slot, bool failed)
    {
        lock (_lock)
        {
            slot.FailureCount = failed ? Math.Min(slot.FailureCount + 1, 16) : 0;
            slot.AvailableAt = failed ? _options.Time.GetUtcNow() + Backoff(slot.FailureCount, _options) : DateTimeOffset.MinValue;
            Signal();
        }
    }

    /// <summary>A pause after so many failures in a row: doubling, bounded, between half and all of it at random.</summary>
    /// <param name="failureCount">From 1.</param>
    /// <param name="options">The bounds.</param>
    internal static TimeSpan Backoff(int failureCount, FeatureServiceClientOptions options)
    {
        var full = Math.Min(options.BackoffMin.TotalMilliseconds * (1 << Math.Min(failureCount - 1, 20)), options.BackoffMax.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(full * (0.5 + (Random.Shared.NextDouble() / 2)));
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private (Slot? Slot, Task Changed, TimeSpan Wait) TryTake(Endpoint? avoid, bool beyondLimit)
    {
        lock (_lock)
        {
            var now = _options.Time.GetUtcNow();
            var slot = _slots
                .Where(s => s.AvailableAt <= now && (beyondLimit || s.InFlight < BackfillsPerEndpoint))
                .OrderBy(s => s.Endpoint == avoid).ThenBy(s => s.FailureCount > 0).ThenBy(s => s.InFlight)
                .FirstOrDefault();
            if (slot is not null)
            {
                slot.InFlight++;
                return (slot, _changed.Task, TimeSpan.Zero);
            }

            var next = _slots.Where(s => s.AvailableAt > now).Select(s => s.AvailableAt - now).DefaultIfEmpty(TimeSpan.FromMinutes(1)).Min();
            return (null, _changed.Task, next + TimeSpan.FromMilliseconds(1));
        }
    }

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = NewSignal();
    }

    private async Task<bool> ProbeAsync(Endpoint endpoint, CancellationToken cancellation)
    {
        try
        {
            var options = new CallOptions(deadline: (_options.Time.GetUtcNow() + ProbeDeadline).UtcDateTime, cancellationToken: cancellation);
            using var call = endpoint.Cluster.GetTopologyAsync(new GetTopologyRequest(), options);
            await call.ResponseAsync.ConfigureAwait(false);
            return true;
        }
        catch (RpcException)
        {
            return false;
        }
    }

    /// <summary>What is known about one endpoint; guarded by the pool's lock.</summary>
    /// <param name="endpoint">The endpoint.</param>
    internal sealed class Slot(Endpoint endpoint)
    {
        /// <summary>The endpoint.</summary>
        public Endpoint Endpoint { get; } = endpoint;

        /// <summary>Streams in flight.</summary>
        public int InFlight { get; set; }

        /// <summary>Failures in a row.</summary>
        public int FailureCount { get; set; }

        /// <summary>Until when it is set aside.</summary>
        public DateTimeOffset AvailableAt { get; set; }
    }
}

/// <summary>The right to run one stream on an endpoint.</summary>
/// <param name="pool">The pool it comes from.</param>
/// <param name="slot">The endpoint's place in the pool.</param>
internal sealed class EndpointLease(EndpointPool pool, EndpointPool.Slot slot) : IDisposable
{
    /// <summary>The endpoint.</summary>
    public Endpoint Endpoint => slot.Endpoint;

    /// <summary>The endpoint works.</summary>
    public void Succeeded() => pool.Report(slot, failed: false);

    /// <summary>The endpoint does not work: it is set aside.</summary>
    public void Failed() => pool.Report(slot, failed: true);

    /// <inheritdoc/>
    public void Dispose() => pool.Release(slot);
}
