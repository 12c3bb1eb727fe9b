namespace FeatureService.Core.Columns;

/// <summary>A run of bytes of a payload.</summary>
/// <param name="Offset">First byte, a multiple of <see cref="PlainCodec.Alignment"/>.</param>
/// <param name="Length">Number of bytes.</param>
public readonly record struct ByteRun(long Offset, long Length);

/// <summary>Where the parts of one column chunk lie in a message's payload: what the wire's <c>ColumnChunk</c> says.</summary>
/// <remarks>Values come from outside and may be anything until they are decoded, which checks them.</remarks>
public readonly record struct ChunkLayout
{
    /// <summary>A PLAIN chunk unless something else is said.</summary>
    public ChunkLayout()
    {
    }

    /// <summary>The form of the values. Default: <see cref="ColumnEncoding.Plain"/>.</summary>
    public ColumnEncoding Encoding { get; init; } = ColumnEncoding.Plain;

    /// <summary>Number of rows.</summary>
    public required long Rows { get; init; }

    /// <summary>How many of them are null.</summary>
    public required long NullCount { get; init; }

    /// <summary>One bit a row, LSB first, 1 = valid; null where all rows are valid and, in other forms than PLAIN, where none is.</summary>
    public ByteRun? Validity { get; init; }

    /// <summary>The values; for PLAIN strings their UTF-8, for strings in other forms codes.</summary>
    public required ByteRun Values { get; init; }

    /// <summary>For PLAIN strings rows + 1 int32, for strings in other forms one more than the dictionary's texts; else null.</summary>
    public ByteRun? Offsets { get; init; }

    /// <summary>For strings in other forms than PLAIN the UTF-8 of the texts; else null.</summary>
    public ByteRun? Dictionary { get; init; }

    /// <summary>For <see cref="ColumnEncoding.Runs"/> an int32 for each value: the row behind its run; else null.</summary>
    public ByteRun? RunEnds { get; init; }

    /// <summary>For <see cref="ColumnEncoding.Sparse"/> one bit a row: 1 = its value is among the values; else null.</summary>
    public ByteRun? Present { get; init; }

    /// <summary>For <see cref="ColumnEncoding.Narrow"/> what is added to each of the values; else 0.</summary>
    public long Base { get; init; }
}
