using System.Buffers.Binary;
using FeatureService.Core.Columns;

namespace FeatureService.Parquet.Pages;

/// <summary>What queries skip column chunks by: the number of nulls, and bounds, which are those of a dictionary's values.</summary>
internal static class ChunkStatistics
{
    /// <summary>Longer texts are not told.</summary>
    private const int TextBytesMax = 256;

    private const short NullCount = 3;
    private const short MaxValue = 5;
    private const short MinValue = 6;

    /// <summary>The format's <c>Statistics</c>.</summary>
    /// <param name="type">Type of the values.</param>
    /// <param name="nullCount">How many are null.</param>
    /// <param name="dictionary">The dictionary's values, PLAIN; empty where there is none.</param>
    public static ThriftStruct Of(ColumnType type, int nullCount, ReadOnlySpan<byte> dictionary)
    {
        var statistics = new ThriftStruct();
        statistics.Fields.Add(new ThriftField(NullCount, ThriftType.Int64, (long)nullCount));
        // Of floats zeros of two signs would have to be told apart.
        if (dictionary.IsEmpty || type is ColumnType.Float32 or ColumnType.Float64)
        {
            return statistics;
        }

        ReadOnlySpan<byte> min = default;
        ReadOnlySpan<byte> max = default;
        for (var at = 0; at < dictionary.Length;)
        {
            var isFirst = at == 0;
            var length = type == ColumnType.String ? BinaryPrimitives.ReadInt32LittleEndian(dictionary[at..]) : type.Width();
            at += type == ColumnType.String ? sizeof(int) : 0;
            var value = dictionary.Slice(at, length);
            at += length;
            min = isFirst || Compare(type, value, min) < 0 ? value : min;
            max = isFirst || Compare(type, value, max) > 0 ? value : max;
        }

        if (min.Length <= TextBytesMax && max.Length <= TextBytesMax)
        {
            statistics.Fields.Add(new ThriftField(MaxValue, ThriftType.Binary, max.ToArray()));
            statistics.Fields.Add(new ThriftField(MinValue, ThriftType.Binary, min.ToArray()));
        }

        return statistics;
    }

    private static int Compare(ColumnType type, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => type switch
    {
        ColumnType.String => left.SequenceCompareTo(right),
        ColumnType.Date => BinaryPrimitives.ReadInt32LittleEndian(left).CompareTo(BinaryPrimitives.ReadInt32LittleEndian(right)),
        _ => BinaryPrimitives.ReadInt64LittleEndian(left).CompareTo(BinaryPrimitives.ReadInt64LittleEndian(right)),
    };
}
