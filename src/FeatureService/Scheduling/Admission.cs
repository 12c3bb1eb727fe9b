
namespace FeatureService.Scheduling;

/// <summary>How many requests may be in the service at once.</summary>
/// <param name="InteractiveMax">Requests with one answer, computed or waiting.</param>
/// <param name="TrainingMax">Streams of minibatches.</param>
/// <param name="BackfillsMax">Streams of grids.</param>
public sealed record AdmissionLimits(int InteractiveMax, int TrainingMax, int BackfillsMax)
{
    /// <summary>Requests of a lane.</summary>
    /// <param name="lane">The lane.</param>
    public int Of(WorkLane lane) => lane switch
    {
        WorkLane.Interactive => InteractiveMax,
        WorkLane.Training => TrainingMax,
        _ => BackfillsMax,
    };
}

/// <summary>
/// Lets requests in, up to a limit for each lane, until the service drains. Refused requests have cost nothing; a request that was
/// let in is never refused for load later.
/// </summary>
/// <param name="limits">The limits.</param>
public sealed class Admission(AdmissionLimits limits) : IDisposable
{
    /// <summary>Interactive requests are done in milliseconds: their queue is worth another look soon.</summary>
    private static readonly TimeSpan InteractiveRetry = TimeSpan.FromMilliseconds(100);

    /// <summary>Streams take seconds to minutes.</summary>
    private static readonly TimeSpan StreamRetry = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly int[] _admitted = new int[WorkLanes.All.Count];
    private readonly CancellationTokenSource _draining = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isDraining;

    /// <summary>Cancelled when the service starts to drain.</summary>
    public CancellationToken Draining => _draining.Token;

    /// <summary>Requests of a lane that are let in at once.</summary>
    /// <param name="lane">The lane.</param>
    public int MaxOf(WorkLane lane) => limits.Of(lane);

    /// <summary>Number of requests in the service.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _admitted.Sum();
            }
        }
    }

    /// <summary>Number of requests of a lane in the service.</summary>
    /// <param name="lane">The lane.</param>
    public int CountOf(WorkLane lane)
    {
        lock (_lock)
        {
            return _admitted[(int)lane];
        }
    }

    /// <summary>Lets a request in.</summary>
    /// <param name="lane">Its lane.</param>
    /// <returns>Disposed when the request has been answered.</returns>
    /// <exception cref="RequestException">The lane is full, or the service drains.</exception>
    public IDisposable Enter(WorkLane lane)
    {
        lock (_lock)
        {
            if (_isDraining)
            {
                throw new RequestException(FailureKind.Unavailable, "the service is about to stop: ask another one") { Reason = "DRAINING" };
            }

            var max = limits.Of(lane);
            if (_admitted[(int)lane] >= max)
            {
                throw new RequestException(FailureKind.ResourceExhausted, $"{max} requests of this kind are being answered already")
                {
                    Reason = "QUEUE_FULL",
                    RetryAfter = lane == WorkLane.Interactive ? InteractiveRetry : StreamRetry,
                };
            }

            _admitted[(int)lane]++;
        }

        return new Ticket(this, lane);
    }

    /// <summary>Refuses new requests from now on and asks streams to end.</summary>
    /// <returns>Ends when the last request has been answered.</returns>
    public async Task DrainAsync()
    {
        lock (_lock)
        {
            _isDraining = true;
            TellIfIdle();
        }

        await _draining.CancelAsync().ConfigureAwait(false);
        await _idle.Task.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _draining.Dispose();

    private void Leave(WorkLane lane)
    {
        lock (_lock)
        {
            _admitted[(int)lane]--;
            TellIfIdle();
        }
    }

    private void TellIfIdle()
    {
        if (_isDraining && _admitted.Sum() == 0)
        {
            _idle.TrySetResult();
        }
    }

    private sealed class Ticket(Admission admission, WorkLane lane) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                admission.Leave(lane);
            }
        }
    }
}
