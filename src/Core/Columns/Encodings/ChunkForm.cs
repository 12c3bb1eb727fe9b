using System.Runtime.InteropServices;

namespace FeatureService.Core.Columns.Encodings;

/// <summary>The smallest accepted form of some values, found by a scan that gives up early.</summary>
/// <param name="Encoding">The form.</param>
/// <param name="Count">Values that are written: of the pattern, of runs, of rows that are not zero; else one for each row.</param>
/// <param name="Width">Bytes of each.</param>
/// <param name="Base">For narrow values the number of code 0.</param>
internal readonly record struct ChunkForm(ColumnEncoding Encoding, int Count, int Width, long Base = 0)
{
    /// <summary>Bytes in a payload.</summary>
    /// <param name="rows">Number of rows.</param>
    public long Bytes(int rows) => PlainCodec.Align((long)Count * Width) + Encoding switch
    {
        ColumnEncoding.Runs => PlainCodec.Align((long)Count * sizeof(int)),
        ColumnEncoding.Sparse => PlainCodec.Align(Bitmap.Bytes(rows)),
        _ => 0,
    };

    /// <summary>Finds the form of values.</summary>
    /// <param name="type">Type of the values; int32 codes for strings.</param>
    /// <param name="bits">The values.</param>
    /// <param name="accepted">Forms that the reader understands.</param>
    public static ChunkForm Find(ColumnType type, ReadOnlySpan<byte> bits, EncodingSet accepted)
    {
        var width = type == ColumnType.String ? sizeof(int) : type.Width();
        var rows = bits.Length / width;
        if (rows < 2)
        {
            return new ChunkForm(ColumnEncoding.Plain, rows, width);
        }

        var (pattern, runs) = width switch
        {
            sizeof(byte) => FindRepeats(bits, type, accepted),
            sizeof(int) => FindRepeats(MemoryMarshal.Cast<byte, int>(bits), type, accepted),
            _ => FindRepeats(MemoryMarshal.Cast<byte, long>(bits), type, accepted),
        };
        if (pattern > 0)
        {
            return new ChunkForm(ColumnEncoding.Repeated, pattern, width);
        }

        var best = new ChunkForm(ColumnEncoding.Plain, rows, width);
        if (runs > 0)
        {
            best = new ChunkForm(ColumnEncoding.Runs, runs, width);
        }

        if (accepted.Contains(ColumnEncoding.Narrow) && NarrowValues.TryFindRange(type, bits, out var min, out var max)
            && NarrowValues.Width(min, max) is > 0 and var narrow && narrow < width && (long)rows * narrow < best.Bytes(rows))
        {
            return new ChunkForm(ColumnEncoding.Narrow, rows, narrow, min);
        }

        if (best.Encoding == ColumnEncoding.Plain && accepted.Contains(ColumnEncoding.Sparse) && width > sizeof(byte))
        {
            var zeros = width == sizeof(int) ? MemoryMarshal.Cast<byte, int>(bits).Count(0) : MemoryMarshal.Cast<byte, long>(bits).Count(0L);
            var sparse = new ChunkForm(ColumnEncoding.Sparse, rows - zeros, width);
            return sparse.Bytes(rows) < best.Bytes(rows) ? sparse : best;
        }

        return best;
    }

    private static (int Pattern, int Runs) FindRepeats<T>(ReadOnlySpan<T> values, ColumnType type, EncodingSet accepted)
        where T : unmanaged, IEquatable<T>
    {
        var pattern = accepted.Contains(ColumnEncoding.Repeated) ? RunValues.PatternLength(values, mayBeLong: type == ColumnType.Date) : 0;
        return (pattern, pattern == 0 && accepted.Contains(ColumnEncoding.Runs) ? RunValues.CountRuns(values) : 0);
    }
}
