using FeatureService.Core.Columns;
using FeatureService.Ingest.Loading;
using FeatureService.Ingest.Storing;

namespace FeatureService.Ingest.Writing;

/// <summary>Compares events of a partition by the columns that break ties of time.</summary>
/// <param name="source">The source.</param>
/// <param name="events">The partition's events.</param>
/// <param name="places">The place of each, by which it is compared.</param>
internal sealed class TieOrder(LoadedSource source, PartitionEvents events, int[] places)
{
    // A column is spread out only once the columns before it leave a tie.
    private readonly Comparison<int>?[] _comparisons = new Comparison<int>?[source.Schema.TieColumns.Length];

    /// <summary>Compares two events by their places; 0 where none is before the other.</summary>
    public int Compare(int left, int right)
    {
        for (var i = 0; i < _comparisons.Length; i++)
        {
            var comparison = _comparisons[i] ??= Comparison(source.Schema.TieColumns[i]);
            if (comparison(left, right) is var order && order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    /// <summary>Compares events by a column, nulls last.</summary>
    private Comparison<int> Comparison(int column)
    {
        var layout = source.Events.Layout;
        var type = source.Schema.Source.Columns[column].Type;
        var values = EventLayout.IsWide(type) ? Wide(layout.Columns[column], type) : Narrow(layout.Columns[column], column, type);
        if (!events.Has(layout.Valid[column]))
        {
            return values;
        }

        var valid = Scatter<bool>(layout.Valid[column]);
        return (left, right) => valid[left] && valid[right] ? values(left, right) : valid[right].CompareTo(valid[left]);
    }

    private Comparison<int> Wide(int field, ColumnType type)
    {
        var values = Scatter<long>(field);
        return type == ColumnType.Float64
            ? (left, right) => CompareFloats(values[left], values[right])
            : (left, right) => values[left].CompareTo(values[right]);
    }

    private Comparison<int> Narrow(int field, int column, ColumnType type)
    {
        var values = Scatter<int>(field);
        if (type != ColumnType.String)
        {
            return (left, right) => values[left].CompareTo(values[right]);
        }

        var texts = source.Texts[column]!;
        return (left, right) => texts[values[left]].SequenceCompareTo(texts[values[right]]);
    }

    private T[] Scatter<T>(int field)
        where T : unmanaged
    {
        var sorted = new T[places.Length];
        events.Scatter(field, places, sorted.AsSpan());
        return sorted;
    }

    /// <summary>NaN is greater than every number.</summary>
    private static int CompareFloats(long leftBits, long rightBits)
    {
        var (left, right) = (BitConverter.Int64BitsToDouble(leftBits), BitConverter.Int64BitsToDouble(rightBits));
        return left < right ? -1 : left > right ? 1 : double.IsNaN(left).CompareTo(double.IsNaN(right));
    }
}
