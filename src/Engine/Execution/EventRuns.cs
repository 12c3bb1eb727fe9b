namespace FeatureService.Engine.Execution;

/// <summary>Runs of event numbers that together are the events of a batch: one run where its entities are neighbours.</summary>
internal sealed class EventRuns
{
    private readonly List<(int Start, int Count)> _runs = [];

    /// <summary>Number of events.</summary>
    public int Count { get; private set; }

    /// <summary>The runs, in the order of the batch.</summary>
    public List<(int Start, int Count)> Runs => _runs;

    /// <summary>Removes all runs.</summary>
    public void Clear()
    {
        _runs.Clear();
        Count = 0;
    }

    /// <summary>Adds events; what follows the last run directly becomes part of it.</summary>
    public void Add(int start, int count)
    {
        if (count == 0)
        {
            return;
        }

        if (_runs.Count > 0 && _runs[^1].Start + _runs[^1].Count == start)
        {
            _runs[^1] = (_runs[^1].Start, _runs[^1].Count + count);
        }
        else
        {
            _runs.Add((start, count));
        }

        Count += count;
    }

    /// <summary>The runs that hold a part of the events.</summary>
    /// <param name="from">The first event of the part, counted over all runs.</param>
    /// <param name="count">Number of events of the part.</param>
    /// <param name="part">Takes the runs of the part.</param>
    public void Slice(int from, int count, EventRuns part)
    {
        part.Clear();
        foreach (var (start, length) in _runs)
        {
            var skip = Math.Min(from, length);
            var take = Math.Min(length - skip, count);
            part.Add(start + skip, take);
            from -= skip;
            count -= take;
            if (count == 0)
            {
                return;
            }
        }
    }
}
