namespace FeatureService.Parquet.Pages;

/// <summary>Parquet's hybrid of runs and packed bits, for levels and for codes of a dictionary.</summary>
internal static class HybridRuns
{
    /// <summary>Equal codes from which a run takes less than packed bits, the header of what follows included.</summary>
    private const int RunLengthMin = 24;

    /// <summary>Appends the levels of rows of which none is null.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="output">Where they go.</param>
    public static void AppendOnes(int rows, PageBuffer output)
    {
        output.AppendVarint((uint)rows << 1);
        output.Append(1);
    }

    /// <summary>Appends the levels of rows by their validity: the same bits in the same order.</summary>
    /// <param name="validity">One bit a row; those behind the last are zero.</param>
    /// <param name="output">Where they go.</param>
    public static void AppendBits(ReadOnlySpan<byte> validity, PageBuffer output)
    {
        output.AppendVarint(((uint)validity.Length << 1) | 1);
        output.Append(validity);
    }

    /// <summary>Appends codes.</summary>
    /// <param name="codes">The codes, each below 2^<paramref name="width"/>.</param>
    /// <param name="width">Bits of a code, from 1 to 16.</param>
    /// <param name="output">Where they go.</param>
    public static void AppendCodes(ReadOnlySpan<ushort> codes, int width, PageBuffer output)
    {
        var packed = 0;
        var at = 0;
        while (at + BitPacking.GroupSize <= codes.Length)
        {
            var length = codes[at] == codes[at + BitPacking.GroupSize - 1] ? RunLength(codes[at..]) : 0;
            if (length < RunLengthMin)
            {
                at += BitPacking.GroupSize;
                continue;
            }

            AppendPacked(codes[packed..at], width, output);
            AppendRun(codes[at], length, width, output);
            at += length;
            packed = at;
        }

        AppendPacked(codes[packed..], width, output);
    }

    private static int RunLength(ReadOnlySpan<ushort> codes)
    {
        var length = codes.IndexOfAnyExcept(codes[0]);
        return length < 0 ? codes.Length : length;
    }

    private static void AppendRun(ushort code, int length, int width, PageBuffer output)
    {
        output.AppendVarint((uint)length << 1);
        output.Append((byte)code);
        if (width > 8)
        {
            output.Append((byte)(code >> 8));
        }
    }

    /// <summary>Appends codes as packed bits; the last group is filled with zeros.</summary>
    private static void AppendPacked(ReadOnlySpan<ushort> codes, int width, PageBuffer output)
    {
        if (codes.IsEmpty)
        {
            return;
        }

        var whole = codes.Length & -BitPacking.GroupSize;
        output.AppendVarint(((uint)((codes.Length + BitPacking.GroupSize - 1) / BitPacking.GroupSize) << 1) | 1);
        BitPacking.Append(codes[..whole], width, output);
        if (whole < codes.Length)
        {
            Span<ushort> last = stackalloc ushort[BitPacking.GroupSize];
            last.Clear();
            codes[whole..].CopyTo(last);
            BitPacking.Append(last, width, output);
        }
    }
}
