namespace FeatureService.Client.Transport.Pods;

/// <summary>
/// The pods and what is known of each. It decides, and does nothing: it makes no call and waits for nothing, so that a simulation may
/// drive it. Safe from any thread.
/// </summary>
/// <param name="options">The client's options.</param>
internal sealed partial class PodSet(FeatureServiceClientOptions options) : IDisposable
{
    /// <summary>Most streams that advice can lead to: what a wrong server could else make us open.</summary>
    private const int AdvisedMax = 64;

    /// <summary>Streams at once until the service has advised a number.</summary>
    private const int StreamsUnadvised = 2;

    private readonly Lock _lock = new();
    private readonly List<Pod> _pods = [];
    private readonly Signal _changed = new();
    private int _limitMax = options.BackfillsPerEndpointMax ?? StreamsUnadvised;

    /// <summary>Counts the changes of the pods that partitions are placed on.</summary>
    public int Version { get; private set; }

    /// <summary>Completes at the next change that may let somebody on.</summary>
    public Task NextChange() => _changed.Next();

    /// <summary>Streams that all pods together are given at once, at least 1.</summary>
    public int LimitSum
    {
        get
        {
            lock (_lock)
            {
                return Math.Max(1, _pods.Where(pod => !pod.IsGone).Sum(pod => pod.Limit.Value));
            }
        }
    }

    /// <summary>The addresses that there are, in the order in which they were found.</summary>
    public IReadOnlyList<string> Addresses
    {
        get
        {
            lock (_lock)
            {
                return [.. _pods.Where(pod => !pod.IsGone).Select(pod => pod.Address).Distinct(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Follows a look-up: pods that are new get work, those that are gone finish what they have and get no more.</summary>
    /// <param name="addresses">The addresses that there are now.</param>
    public void Update(IReadOnlyList<string> addresses) => Change(() =>
    {
        var named = addresses.ToHashSet(StringComparer.Ordinal);
        foreach (var pod in _pods.Where(pod => !named.Contains(pod.Address) && !pod.IsGone).ToArray())
        {
            pod.IsGone = true;
            Version++;
            DropIfUnused(pod);
        }

        foreach (var address in addresses.Distinct(StringComparer.Ordinal))
        {
            for (var connection = 0; connection < options.ConnectionsPerEndpoint; connection++)
            {
                if (_pods.Find(pod => pod.Address == address && pod.Connection == connection) is not { } known)
                {
                    _pods.Add(new Pod(address, connection, new Endpoint(address, options), new PodLimit(_limitMax)));
                    Version++;
                }
                else if (known.IsGone)
                {
                    known.IsGone = false;
                    Version++;
                }
            }
        }
    });

    /// <summary>Takes what the service advises; nothing where it advises none, or the options say. All pods are taken to be alike.</summary>
    /// <param name="backfillsInFlight">Streams that one caller does well to keep in flight on one pod.</param>
    public void Advise(int backfillsInFlight)
    {
        if (backfillsInFlight > 0 && options.BackfillsPerEndpointMax is null)
        {
            Change(() =>
            {
                _limitMax = Math.Min(backfillsInFlight, AdvisedMax);
                _pods.ForEach(pod => pod.Limit.Advise(_limitMax));
            });
        }
    }

    /// <summary>The pods on which partitions are placed: all that do not keep failing, or all there are.</summary>
    /// <param name="version">The <see cref="Version"/> that they are of.</param>
    public IReadOnlyList<Pod> Placed(out int version)
    {
        lock (_lock)
        {
            version = Version;
            return _pods.Exists(pod => pod.IsPlaced) ? [.. _pods.Where(pod => pod.IsPlaced)] : [.. _pods.Where(pod => !pod.IsGone)];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Pod[] pods;
        lock (_lock)
        {
            pods = [.. _pods];
        }

        foreach (var pod in pods)
        {
            pod.Endpoint.Dispose();
        }
    }

    private void DropIfUnused(Pod pod)
    {
        if (pod.IsGone && pod.Endpoint.LeaseCount == 0)
        {
            _pods.Remove(pod);
            pod.Endpoint.Dispose();
        }
    }

    /// <summary>Changes something, and tells those who wait once the lock is left: they may go on right here.</summary>
    private void Change(Action change)
    {
        lock (_lock)
        {
            change();
        }

        _changed.Fire();
    }
}
