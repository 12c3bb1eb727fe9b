namespace FeatureService.Pipeline;

/// <summary>A part that is computed or will be; the caller disposes its work.</summary>
/// <param name="Part">The part.</param>
/// <param name="Work">What is computed; null where there is nothing to compute, as the part is wrong.</param>
/// <param name="Done">Ends with the computation; fails as it, or as the part, did.</param>
internal sealed record PartWork<TPart>(TPart Part, RowsWork? Work, Task Done);

/// <summary>
/// Parts of a stream that are computed a little ahead of the one that is being sent, in their order: enough to keep workers busy, few
/// enough that a slow reader costs no memory.
/// </summary>
/// <param name="countMax">Parts that are queued, running or done beside the one that was handed out.</param>
/// <param name="cancellation">Stops computing.</param>
internal sealed class WorkAhead<TPart>(int countMax, CancellationToken cancellation) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    private readonly Queue<PartWork<TPart>> _pending = new();

    /// <summary>Whether one more may begin.</summary>
    public bool HasRoom => _pending.Count < countMax;

    /// <summary>The part that is next; null where there is none.</summary>
    public PartWork<TPart>? Next => _pending.TryPeek(out var next) ? next : null;

    /// <summary>Ends when the stream does.</summary>
    public CancellationToken Stopped => _stop.Token;

    /// <summary>Adds a part that has begun.</summary>
    public void Add(PartWork<TPart> begun) => _pending.Enqueue(begun);

    /// <summary>Hands out the part that is next.</summary>
    public PartWork<TPart> Take() => _pending.Dequeue();

    /// <summary>Waits for the part that is next, and forgets it.</summary>
    public async Task DropAsync()
    {
        var next = _pending.Peek();
        await next.Done.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        next.Work?.Dispose();
        _pending.Dequeue();
    }

    /// <summary>Stops what is queued and running, waits for it, and gives its memory back.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        while (_pending.Count > 0)
        {
            await DropAsync().ConfigureAwait(false);
        }

        _stop.Dispose();
    }
}
