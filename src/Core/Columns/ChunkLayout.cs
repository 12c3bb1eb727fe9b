namespace FeatureService.Core.Columns;

/// <summary>A run of bytes of a payload.</summary>
/// <param name="Offset">First byte, a multiple of <see cref="PlainCodec.Alignment"/>.</param>
/// <param name="Length">Number of bytes.</param>
public readonly record struct ByteRun(long Offset, long Length);

/// <summary>Where the parts of one column chunk lie in a message's payload: what the wire's <c>ColumnChunk</c> says.</summary>
/// <remarks>Values come from outside and may be anything until <see cref="PlainCodec.Decode"/> has checked them.</remarks>
public readonly record struct ChunkLayout
{
    /// <summary>Number of rows.</summary>
    public required long Rows { get; init; }

    /// <summary>How many of them are null.</summary>
    public required long NullCount { get; init; }

    /// <summary>One bit a row, LSB first, 1 = valid; null where all rows are valid.</summary>
    public ByteRun? Validity { get; init; }

    /// <summary>The values; for strings their UTF-8.</summary>
    public required ByteRun Values { get; init; }

    /// <summary>For strings rows + 1 int32; else null.</summary>
    public ByteRun? Offsets { get; init; }
}
