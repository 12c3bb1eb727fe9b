using FeatureService.Engine.Execution;
using static System.FormattableString;

namespace FeatureService.Bench.Engine;

/// <summary>How far the engine's values and another's agree.</summary>
/// <param name="Values">Values that were compared.</param>
/// <param name="Rounded">Quantiles one unit of float32 apart, as they may be.</param>
/// <param name="Different">Values that differ and may not.</param>
internal readonly record struct ValueComparison(long Values, long Rounded, long Different)
{
    /// <summary>These and more.</summary>
    /// <param name="ours">Blocks of each slice.</param>
    /// <param name="theirs">The same rows in the same order, null as NaN.</param>
    /// <exception cref="InvalidDataException">They have another number of rows.</exception>
    public ValueComparison With(IEnumerable<IReadOnlyList<FeatureBlock>> ours, IEnumerable<float[]> theirs)
    {
        var result = this;
        using var rows = theirs.GetEnumerator();
        foreach (var block in ours.SelectMany(blocks => blocks))
        {
            for (var row = 0; row < block.RowCount; row++)
            {
                result = rows.MoveNext() ? result.With(block, row, rows.Current) : throw new InvalidDataException("the other result has fewer rows");
            }
        }

        return rows.MoveNext() ? throw new InvalidDataException("the other result has more rows") : result;
    }

    /// <summary>What a line of a table tells.</summary>
    public override string ToString() => Values == 0
        ? "not compared"
        : Different > 0 ? Invariant($"{Different:N0} of {Values:N0} differ") : Invariant($"{Values:N0} agree, {Rounded:N0} of them rounded");

    private ValueComparison With(FeatureBlock block, int row, float[] theirs)
    {
        var (values, rounded, different) = (Values, Rounded, Different);
        for (var column = 0; column < theirs.Length; column++)
        {
            var ours = block.Columns[column].IsValid(row) ? block.Columns[column].Values<float>()[row] : float.NaN;
            values++;
            // float.Equals takes NaN as equal to itself.
            if (!ours.Equals(theirs[column]))
            {
                var isRounded = column >= CostlyView.FirstQuantile && (ours.Equals(MathF.BitIncrement(theirs[column])) || ours.Equals(MathF.BitDecrement(theirs[column])));
                (rounded, different) = isRounded ? (rounded + 1, different) : (rounded, different + 1);
            }
        }

        return new ValueComparison(values, rounded, different);
    }
}
