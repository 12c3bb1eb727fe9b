using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Kernels;

/// <summary>Number of distinct values, for windows that do not last a time: for others <see cref="DistinctCount"/> is faster.</summary>
/// <param name="values">The values in order.</param>
/// <param name="target">Where results go, by cell; all zero so far.</param>
/// <param name="arena">Memory for the while.</param>
internal unsafe struct DistinctOperator(RankedValues values, long* target, Arena arena) : ISlidingOperator
{
    private Frequencies _frequencies = new(values, arena);

    public void Begin(int stretch) => _frequencies.Begin(stretch);

    public void Add(int index) => _frequencies.Add(index);

    public void Remove(int index) => _frequencies.Remove(index);

    public readonly void Store(int cell, int count) => target[cell] = _frequencies.Distinct;

    public readonly void Copy(int from, int to) => target[to] = target[from];
}
