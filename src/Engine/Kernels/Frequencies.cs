using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Kernels;

/// <summary>How often each distinct value occurs in a window, and how many values occur so often.</summary>
internal unsafe struct Frequencies
{
    private readonly RankedValues _values;
    private readonly int* _groupOf;
    private readonly int* _counts;
    private readonly int* _valuesOf;
    private int _groupCount;

    /// <summary>Room for the values of a set.</summary>
    public Frequencies(RankedValues values, Arena arena)
    {
        _values = values;
        _groupOf = values.Groups;
        _counts = arena.Take<int>(values.CountMax);
        _valuesOf = arena.Take<int>(values.CountMax + 1);
    }

    /// <summary>Number of distinct values in the window.</summary>
    public int Distinct { get; private set; }

    /// <summary>How often the most frequent value occurs.</summary>
    public int Highest { get; private set; }

    /// <summary>How often each value of the stretch occurs, in ascending order of the values.</summary>
    public readonly ReadOnlySpan<int> Counts => new(_counts, _groupCount);

    /// <summary>How many values occur so often.</summary>
    public readonly int ValuesOf(int count) => _valuesOf[count];

    public void Begin(int stretch)
    {
        _groupCount = _values.GroupCount(stretch);
        new Span<int>(_counts, _groupCount).Clear();
        new Span<int>(_valuesOf, _values.Count(stretch) + 1).Clear();
        (Distinct, Highest) = (0, 0);
    }

    public void Add(int index)
    {
        var count = _counts[_groupOf[index]]++;
        _valuesOf[count]--;
        _valuesOf[count + 1]++;
        Distinct += count == 0 ? 1 : 0;
        Highest = Math.Max(Highest, count + 1);
    }

    public void Remove(int index)
    {
        var count = _counts[_groupOf[index]]--;
        _valuesOf[count]--;
        _valuesOf[count - 1]++;
        Distinct -= count == 1 ? 1 : 0;
        Highest -= count == Highest && _valuesOf[count] == 0 ? 1 : 0;
    }
}
