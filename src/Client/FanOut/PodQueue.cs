namespace FeatureService.Client.FanOut;

/// <summary>What waits for one pod, in order: the pod takes from the front, idle ones from the back.</summary>
internal sealed class PodQueue
{
    private readonly List<PlacedWork> _work = [];
    private int _first;

    /// <summary>Weight of all that waits.</summary>
    public long Weight { get; private set; }

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty => _first == _work.Count;

    /// <summary>What waits.</summary>
    public IEnumerable<PlacedWork> Left => _work.Skip(_first);

    /// <summary>Adds work behind all other.</summary>
    public void Add(PlacedWork work)
    {
        _work.Add(work);
        Weight += work.Weight;
    }

    /// <summary>Takes the first.</summary>
    public PlacedWork TakeFirst()
    {
        var work = _work[_first++];
        Weight -= work.Weight;
        return work;
    }

    /// <summary>Takes the last.</summary>
    public PlacedWork TakeLast()
    {
        var work = _work[^1];
        _work.RemoveAt(_work.Count - 1);
        Weight -= work.Weight;
        return work;
    }
}
