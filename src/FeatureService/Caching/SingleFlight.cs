namespace FeatureService.Caching;

/// <summary>
/// Blocks that are being computed in this process. Who misses blocks either leads: computes them and tells when they are kept; or, where
/// others lead for every one of them, waits and looks again. Who waits leads nothing, so no two wait for each other.
/// </summary>
internal sealed class SingleFlight
{
    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, Lead> _leads = [];

    /// <summary>Number of blocks that somebody leads.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _leads.Count;
            }
        }
    }

    /// <summary>Leads for those of some blocks for which nobody does.</summary>
    /// <param name="keys">The blocks.</param>
    /// <param name="others">Where others lead for all of them: ends when they are done, well or not. Null where the caller computes.</param>
    /// <returns>The lead; disposed when the blocks are kept, or will not be.</returns>
    public IDisposable? Enter(IReadOnlyCollection<BlockKey> keys, out Task? others)
    {
        lock (_lock)
        {
            if (keys.Count > 0 && keys.All(key => _leads.ContainsKey(key.Hash)))
            {
                others = Task.WhenAll(keys.Select(key => _leads[key.Hash].Done).Distinct());
                return null;
            }

            others = null;
            var lead = new Lead(this);
            foreach (var key in keys)
            {
                if (_leads.TryAdd(key.Hash, lead))
                {
                    lead.Hashes.Add(key.Hash);
                }
            }

            return lead;
        }
    }

    private sealed class Lead(SingleFlight flights) : IDisposable
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<UInt128> Hashes { get; } = [];

        public Task Done => _done.Task;

        public void Dispose()
        {
            lock (flights._lock)
            {
                foreach (var hash in Hashes)
                {
                    flights._leads.Remove(hash);
                }

                Hashes.Clear();
            }

            _done.TrySetResult();
        }
    }
}
