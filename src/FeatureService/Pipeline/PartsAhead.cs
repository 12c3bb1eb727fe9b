namespace FeatureService.Pipeline;

/// <summary>Computes a backfill's parts a little ahead of the one that is being sent.</summary>
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
    private readonly WorkAhead<SlicePart> _ahead = new(aheadMax, cancellation);
    private readonly IEnumerator<SlicePart> _parts = parts.GetEnumerator();

    /// <summary>The next part, computed; the caller disposes its work. Null behind the last.</summary>
    public async Task<(SlicePart Part, RowsWork Work)?> NextAsync()
    {
        Fill();
        if (_ahead.Next is not { } next)
        {
            return null;
        }

        await next.Done.ConfigureAwait(false);
        _ahead.Take();
        Fill();
        return (next.Part, next.Work!);
    }

    /// <summary>Stops what is queued and running, waits for it, and gives its memory back.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ahead.DisposeAsync().ConfigureAwait(false);
        _parts.Dispose();
    }

    private void Fill()
    {
        while (_ahead.HasRoom && _parts.MoveNext())
        {
            var part = _parts.Current;
            var started = work(part);
            // A slice without entities has nothing to compute, but its end is sent.
            var done = part.EntityCount == 0 ? Task.CompletedTask : compute(part, started, _ahead.Stopped);
            _ahead.Add(new PartWork<SlicePart>(part, started, done));
        }
    }
}
