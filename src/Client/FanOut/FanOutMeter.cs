namespace FeatureService.Client.FanOut;

/// <summary>Counts what a fan-out does, by pod.</summary>
internal sealed class FanOutMeter
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, PodProgress> _pods = new(StringComparer.Ordinal);
    private int _retries;
    private int _doubled;

    /// <summary>A call begins.</summary>
    public void Began(string address) => Change(address, pod => pod with { InFlight = pod.InFlight + 1 });

    /// <summary>A call has ended.</summary>
    public void Ended(string address) => Change(address, pod => pod with { InFlight = pod.InFlight - 1 });

    /// <summary>The last of one piece of work is taken: once for each, however many calls ran for it.</summary>
    public void Finished(string address) => Change(address, pod => pod with { Done = pod.Done + 1 });

    /// <summary>A call has failed, and there will be another.</summary>
    public void Failed(string address)
    {
        Interlocked.Increment(ref _retries);
        Change(address, pod => pod with { Failures = pod.Failures + 1 });
    }

    /// <summary>Rows have arrived and are taken.</summary>
    public void Arrived(string address, long rows) => Change(address, pod => pod with { Rows = pod.Rows + rows });

    /// <summary>A slice is taken.</summary>
    /// <param name="address">The pod.</param>
    /// <param name="values">Values of it that the pod had in its cache.</param>
    public void CameFromCache(string address, long values) => Change(address, pod => pod with { CachedValues = pod.CachedValues + values });

    /// <summary>A shard is given to a second pod.</summary>
    public void Doubled() => Interlocked.Increment(ref _doubled);

    /// <summary>What has been done so far.</summary>
    public FanOutProgress Snapshot()
    {
        lock (_lock)
        {
            return new FanOutProgress(Volatile.Read(ref _retries), Volatile.Read(ref _doubled), [.. _pods.Values]);
        }
    }

    private void Change(string address, Func<PodProgress, PodProgress> change)
    {
        lock (_lock)
        {
            _pods[address] = change(_pods.GetValueOrDefault(address) ?? new PodProgress(address, 0, 0, 0, 0));
        }
    }
}
