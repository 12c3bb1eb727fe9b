namespace FeatureService.Pipeline;

/// <summary>
/// Computes a backfill's parts a little ahead of the one that is being sent: enough to keep workers busy, few enough that a slow
/// reader costs no memory.
/// </summary>
/// <param name="parts">The parts in order.</param>
/// <param name="work">Makes a part's work.</param>
/// <param name="compute">Computes it.</param>
/// <param name="aheadMax">Parts that are queued, running or done beside the one that was handed out.</param>
/// <param name="cancellation">Stops computing.</param>
internal sealed class PartsAhead(
    IEnumerable<SlicePart> parts,
    Func<SlicePart, RowsWork> work,
    Func<SlicePart, RowsWork, CancellationToken, Task> compute,
    int aheadMax,
    CancellationToken cancellation)
    : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    private readonly IEnumerator<SlicePart> _parts = parts.GetEnumerator();
    private readonly Queue<(SlicePart Part, RowsWork Work, Task Done)> _pending = new();

    /// <summary>The next part, computed; the caller disposes its work. Null behind the last.</summary>
    public async Task<(SlicePart Part, RowsWork Work)?> NextAsync()
    {
        Fill(aheadMax);
        if (!_pending.TryPeek(out var next))
        {
            return null;
        }

        await next.Done.ConfigureAwait(false);
        _pending.Dequeue();
        Fill(aheadMax);
        return (next.Part, next.Work);
    }

    /// <summary>Stops what is queued and running, waits for it, and gives its memory back.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        foreach (var (_, pending, done) in _pending)
        {
            await done.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pending.Dispose();
        }

        _parts.Dispose();
        _stop.Dispose();
    }

    private void Fill(int count)
    {
        while (_pending.Count < count && _parts.MoveNext())
        {
            var part = _parts.Current;
            var started = work(part);
            // A slice without entities has nothing to compute, but its end is sent.
            var done = part.EntityCount == 0 ? Task.CompletedTask : compute(part, started, _stop.Token);
            _pending.Enqueue((part, started, done));
        }
    }
}
