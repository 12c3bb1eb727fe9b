namespace FeatureService.Engine.Kernels;

/// <summary>
/// Stretches of weeks of some entities that are computed together: few enough that their arrays stay in a core's cache. A cell is one
/// week of a stretch; cells of all stretches lie one behind the other.
/// </summary>
internal sealed class Batch
{
    private int[] _entities = new int[16];
    private int[] _firstWeeks = new int[16];
    private int[] _weekCounts = new int[16];
    private int[] _cellStarts = new int[17];

    /// <summary>Number of stretches.</summary>
    public int Count { get; private set; }

    /// <summary>Number of cells.</summary>
    public int CellCount => _cellStarts[Count];

    /// <summary>Each stretch's entity by its index in the slice; -1 for one that the slice does not know.</summary>
    public ReadOnlySpan<int> Entities => _entities.AsSpan(0, Count);

    /// <summary>Each stretch's first week, counted from the first of the run's range.</summary>
    public ReadOnlySpan<int> FirstWeeks => _firstWeeks.AsSpan(0, Count);

    /// <summary>Number of weeks of each stretch.</summary>
    public ReadOnlySpan<int> WeekCounts => _weekCounts.AsSpan(0, Count);

    /// <summary>Each stretch's first cell, and behind the last the number of cells.</summary>
    public ReadOnlySpan<int> CellStarts => _cellStarts.AsSpan(0, Count + 1);

    /// <summary>Removes all stretches.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds a stretch.</summary>
    public void Add(int entity, int firstWeek, int weekCount)
    {
        if (Count == _entities.Length)
        {
            Array.Resize(ref _entities, Count * 2);
            Array.Resize(ref _firstWeeks, Count * 2);
            Array.Resize(ref _weekCounts, Count * 2);
            Array.Resize(ref _cellStarts, (Count * 2) + 1);
        }

        _entities[Count] = entity;
        _firstWeeks[Count] = firstWeek;
        _weekCounts[Count] = weekCount;
        _cellStarts[Count + 1] = _cellStarts[Count] + weekCount;
        Count++;
    }
}
