using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Ingest.Tests;

/// <summary>Compares snapshots by what they say, whatever their memory looks like.</summary>
internal static class SnapshotAssert
{
    /// <summary>Every entity, event and value of two snapshots is equal.</summary>
    public static void Equal(ISnapshot expected, ISnapshot actual)
    {
        Assert.Equal(expected.Placement, actual.Placement);
        for (var source = 0; source < expected.Catalog.Sources.Length; source++)
        {
            Assert.Equal(expected.CompleteUntil(source), actual.CompleteUntil(source));
        }

        for (var partition = 0; partition < expected.Placement.Partitions; partition++)
        {
            for (var slice = 0; slice < expected.Placement.SlicesPerPartition; slice++)
            {
                var id = new SliceId(partition, slice);
                Assert.Equal(expected.EntityCount(id), actual.EntityCount(id));
                Assert.Equal(Lines(expected, id), Lines(actual, id));
            }
        }
    }

    /// <summary>A slice as text, a line for each event.</summary>
    public static IReadOnlyList<string> Lines(ISnapshot snapshot, SliceId id)
    {
        var slice = snapshot.Slice(id);
        var lines = new List<string>();
        for (var entity = 0; entity < slice.EntityCount; entity++)
        {
            lines.Add($"{slice.Keys[entity]} first seen {slice.FirstCutoffs[entity]}");
            for (var s = 0; s < snapshot.Catalog.Sources.Length; s++)
            {
                var events = slice.Source(s);
                for (var e = events.Offsets[entity]; e < events.Offsets[entity + 1]; e++)
                {
                    var values = snapshot.Catalog.Sources[s].Columns.Select((_, c) => Value(events.Column(c), e));
                    lines.Add($"  {s} {events.Times[e]} {events.FirstCutoffs[e]} {string.Join(" | ", values)}");
                }
            }
        }

        return lines;
    }

    private static string Value(EventColumn column, int e)
    {
        if (!column.IsValid(e))
        {
            return "null";
        }

        return column.Type switch
        {
            ColumnType.Bool => Bitmap.Get(column.Data.Span, e).ToString(),
            ColumnType.String => "'" + column.Dictionary!.Text(column.Values<int>()[e]) + "'",
            ColumnType.Date => $"day {column.Values<int>()[e]}",
            ColumnType.Float64 => Float(column.Values<double>()[e]),
            _ => $"{column.Values<long>()[e]}",
        };
    }

    /// <summary>A build gives every NaN and zero one pattern of bits; rows in memory may have others.</summary>
    private static string Float(double value) => double.IsNaN(value) ? "NaN" : $"{BitConverter.DoubleToInt64Bits(value == 0 ? 0 : value):x16}";
}
