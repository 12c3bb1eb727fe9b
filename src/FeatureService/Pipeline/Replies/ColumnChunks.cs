using FeatureService.Contracts.V1;
using FeatureService.Core.Columns;
using ColumnType = FeatureService.Contracts.V1.ColumnType;
using CoreType = FeatureService.Core.Columns.ColumnType;

namespace FeatureService.Pipeline.Replies;

/// <summary>From the codec's layouts to the contract's chunks.</summary>
internal static class ColumnChunks
{
    /// <summary>Name's tag and length, two enums, three numbers, a long one, and six ranges of two numbers each, at their longest.</summary>
    private const int FieldBytesMax = 4 + (2 * 2) + (3 * 6) + 11 + (6 * (2 + 6 + 6));

    /// <summary>A chunk of the contract.</summary>
    /// <param name="name">Name of the column.</param>
    /// <param name="type">Type of its values.</param>
    /// <param name="firstRow">First row of the slice or answer.</param>
    /// <param name="layout">Where the parts lie.</param>
    public static ColumnChunk Of(string name, CoreType type, long firstRow, ChunkLayout layout) => new()
    {
        Column = name,
        Type = TypeOf(type),
        Encoding = (Encoding)layout.Encoding,
        FirstRow = checked((uint)firstRow),
        Rows = (uint)layout.Rows,
        NullCount = (uint)layout.NullCount,
        Validity = RangeOf(layout.Validity),
        Values = RangeOf(layout.Values),
        Offsets = RangeOf(layout.Offsets),
        Dictionary = RangeOf(layout.Dictionary),
        RunEnds = RangeOf(layout.RunEnds),
        Present = RangeOf(layout.Present),
        Base = layout.Base,
    };

    /// <summary>A type of the contract.</summary>
    public static ColumnType TypeOf(CoreType type) => type switch
    {
        CoreType.Bool => ColumnType.Bool,
        CoreType.Int64 => ColumnType.Int64,
        CoreType.Float64 => ColumnType.Float64,
        CoreType.Float32 => ColumnType.Float32,
        CoreType.String => ColumnType.String,
        CoreType.Date => ColumnType.Date,
        CoreType.Timestamp => ColumnType.Timestamp,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no finished column has this type"),
    };

    /// <summary>The most bytes that a chunk's message takes, its payload apart.</summary>
    /// <param name="name">Name of the column.</param>
    public static int EnvelopeBytes(string name) => System.Text.Encoding.UTF8.GetMaxByteCount(name.Length) + FieldBytesMax;

    private static ByteRange? RangeOf(ByteRun? run) =>
        run is { } given ? new ByteRange { Offset = (uint)given.Offset, Length = (uint)given.Length } : null;
}
