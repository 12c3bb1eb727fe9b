using FeatureService.Client.Transport;

namespace FeatureService.Client.FanOut.Minibatches;

/// <summary>
/// The minibatches that a stream has taken and not yet handed out: no more than the service lets be unanswered, which bounds memory on
/// both sides. Every connection of the stream sends those without an answer, in their order.
/// </summary>
/// <param name="idsMax">Minibatches.</param>
/// <param name="rowsMax">Rows of all of them.</param>
internal sealed class UnansweredMinibatches(int idsMax, int rowsMax)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<ulong, SentMinibatch> _unanswered = [];
    private TaskCompletionSource _changed = NewSignal();
    private ulong _nextId;
    private int _held;
    private long _heldRows;
    private bool _isComplete;

    /// <summary>Whether an answer is waited for.</summary>
    public bool IsWaiting
    {
        get
        {
            lock (_lock)
            {
                return _unanswered.Count > 0;
            }
        }
    }

    /// <summary>Takes a minibatch, once there is room.</summary>
    /// <exception cref="ArgumentException">There never will be.</exception>
    public async Task AddAsync(IReadOnlyList<FeatureRow> rows, CancellationToken cancellation)
    {
        if (rows.Count > rowsMax)
        {
            throw new ArgumentException($"a minibatch of {rows.Count} rows: expected at most {rowsMax}");
        }

        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_held < idsMax && _heldRows + rows.Count <= rowsMax)
                {
                    var id = _nextId++;
                    _unanswered.Add(id, new SentMinibatch(id, rows));
                    _held++;
                    _heldRows += rows.Count;
                    Signal();
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Notes that no more will come.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _isComplete = true;
            Signal();
        }
    }

    /// <summary>The next one for a connection to send.</summary>
    /// <param name="from">The least id that it has not sent.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Null where none is left and no more will come.</returns>
    public async Task<SentMinibatch?> NextAsync(ulong from, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                var next = _unanswered.Values.FirstOrDefault(minibatch => minibatch.Id >= from);
                if (next is not null || _isComplete)
                {
                    return next;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>A minibatch without an answer.</summary>
    /// <exception cref="InvalidDataException">The id is none's.</exception>
    public SentMinibatch Find(ulong id)
    {
        lock (_lock)
        {
            return _unanswered.TryGetValue(id, out var minibatch)
                ? minibatch
                : throw new InvalidDataException($"an answer to minibatch {id}, which is not waited for");
        }
    }

    /// <summary>A minibatch is answered; its place is kept until the answer is handed out.</summary>
    public void Answered(ulong id)
    {
        lock (_lock)
        {
            _unanswered.Remove(id);
            Signal();
        }
    }

    /// <summary>An answer is handed out: its place is free.</summary>
    public void HandedOut(int rowCount)
    {
        lock (_lock)
        {
            _held--;
            _heldRows -= rowCount;
            Signal();
        }
    }

    /// <summary>A connection has ended: what has come of answers without an end does not count.</summary>
    public void Restart()
    {
        lock (_lock)
        {
            foreach (var minibatch in _unanswered.Values)
            {
                minibatch.Restart();
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = NewSignal();
    }
}
