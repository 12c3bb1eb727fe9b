using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Kernels;

/// <summary>Entropy of the distribution of values, in bits (EVALUATION.md rule 7).</summary>
/// <param name="values">The values in order.</param>
/// <param name="target">Where results go, by cell.</param>
/// <param name="arena">Memory for the while.</param>
internal unsafe struct EntropyOperator(RankedValues values, double* target, Arena arena) : ISlidingOperator
{
    private Frequencies _frequencies = new(values, arena);

    public void Begin(int stretch) => _frequencies.Begin(stretch);

    public void Add(int index) => _frequencies.Add(index);

    public void Remove(int index) => _frequencies.Remove(index);

    public readonly void Store(int cell, int count)
    {
        if (_frequencies.Distinct == 1)
        {
            target[cell] = 0.0;
            return;
        }

        var sum = 0.0;
        // A value that occurs once adds zero.
        for (var often = 2; often <= _frequencies.Highest; often++)
        {
            var term = often * CountLogarithms.Log2(often);
            for (var left = _frequencies.ValuesOf(often); left > 0; left--)
            {
                sum += term;
            }
        }

        target[cell] = CountLogarithms.Log2(count) - (sum / count);
    }

    public readonly void Copy(int from, int to) => target[to] = target[from];
}
