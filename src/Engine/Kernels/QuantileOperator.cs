using FeatureService.Core.Columns;
using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Kernels;

/// <summary>A quantile by linear interpolation between two neighbours in ascending order (EVALUATION.md rule 7).</summary>
/// <param name="values">The values in order.</param>
/// <param name="type">Their type: bool, int64 or float64.</param>
/// <param name="fraction">Which quantile, 0 to 1.</param>
/// <param name="target">Where results go, by cell.</param>
/// <param name="arena">Memory for the while.</param>
internal unsafe struct QuantileOperator(RankedValues values, ColumnType type, double fraction, double* target, Arena arena) : ISlidingOperator
{
    private readonly RankBits _ranks = new(values.CountMax, arena);
    private readonly int* _rankOf = values.Ranks;
    private readonly bool _isFloat = type == ColumnType.Float64;
    private long* _sorted;

    public void Begin(int stretch)
    {
        _sorted = values.Sorted + values.Start(stretch);
        _ranks.Clear(values.Count(stretch));
    }

    public readonly void Add(int index) => _ranks.Add(_rankOf[index]);

    public readonly void Remove(int index) => _ranks.Remove(_rankOf[index]);

    public readonly void Store(int cell, int count)
    {
        var place = (count - 1) * fraction;
        var floor = Math.Floor(place);
        var d = place - floor;
        var rank = _ranks.Select((int)floor);
        var low = Value(_sorted[rank]);
        if (d != 0)
        {
            var high = Value(_sorted[_ranks.Next(rank)]);
            // Between a number and infinity, or where one is NaN, the sum says what it is.
            low = high == low ? low : (low * (1 - d)) + (high * d);
        }

        target[cell] = low;
    }

    public readonly void Copy(int from, int to) => target[to] = target[from];

    private readonly double Value(long key) => _isFloat ? FloatKeys.ValueOf(key) : key;
}
