using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Kernels;

/// <summary>The value that is the k-th most frequent, the smaller first of those that are equally so.</summary>
/// <param name="values">The values in order.</param>
/// <param name="rank">Which, from 1.</param>
/// <param name="target">Where keys go, by cell.</param>
/// <param name="valid">Takes a bit for each cell that has so many values; all zero so far.</param>
/// <param name="arena">Memory for the while.</param>
internal unsafe struct TopOperator(RankedValues values, int rank, long* target, ulong* valid, Arena arena) : ISlidingOperator
{
    private Frequencies _frequencies = new(values, arena);
    private long* _distinct;

    public void Begin(int stretch)
    {
        _distinct = values.Distinct + values.Start(stretch);
        _frequencies.Begin(stretch);
    }

    public void Add(int index) => _frequencies.Add(index);

    public void Remove(int index) => _frequencies.Remove(index);

    public readonly void Store(int cell, int count)
    {
        if (_frequencies.Distinct < rank)
        {
            return;
        }

        var (left, often) = (rank, _frequencies.Highest);
        while (left > _frequencies.ValuesOf(often))
        {
            left -= _frequencies.ValuesOf(often--);
        }

        var group = -1;
        for (; left > 0; left--)
        {
            group += 1 + _frequencies.Counts[(group + 1)..].IndexOf(often);
        }

        target[cell] = _distinct[group];
        BitWords.Set(valid, cell);
    }

    public readonly void Copy(int from, int to)
    {
        if (BitWords.Get(valid, from))
        {
            target[to] = target[from];
            BitWords.Set(valid, to);
        }
    }
}
