using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FeatureService.Core.Columns.Encodings;

/// <summary>Values most of which are zero, as those of nulls are: a bitmap of the others, and these without gaps.</summary>
public static class SparseValues
{
    /// <summary>Writes the bitmap and the values that are not zero.</summary>
    /// <typeparam name="T">The integer of the values' width, 4 or 8 bytes.</typeparam>
    /// <param name="values">The values.</param>
    /// <param name="present">The bitmap; it is cleared first.</param>
    /// <param name="packed">As long as there are values other than zero.</param>
    internal static void Pack<T>(ReadOnlySpan<T> values, Span<byte> present, Span<T> packed)
        where T : unmanaged, INumber<T>
    {
        present.Clear();
        var lanes = Vector512<T>.Count;
        ref var start = ref MemoryMarshal.GetReference(values);
        var row = 0;
        for (; row + lanes <= values.Length; row += lanes)
        {
            var bits = ~Vector512.Equals(Vector512.LoadUnsafe(ref start, (nuint)row), Vector512<T>.Zero).ExtractMostSignificantBits();
            for (var done = 0; done < lanes; done += 8)
            {
                present[(row + done) >> 3] = (byte)(bits >> done);
            }
        }

        for (; row < values.Length; row++)
        {
            if (values[row] != T.Zero)
            {
                Bitmap.Set(present, row);
            }
        }

        Compact(values, present, packed);
    }

    /// <summary>The values whose bit is set, one after the other.</summary>
    /// <typeparam name="T">Type of the values.</typeparam>
    /// <param name="values">The values of all rows.</param>
    /// <param name="present">One bit a row.</param>
    /// <param name="packed">Where they go.</param>
    /// <returns>How many.</returns>
    public static int Compact<T>(ReadOnlySpan<T> values, ReadOnlySpan<byte> present, Span<T> packed)
        where T : unmanaged
    {
        var count = 0;
        for (var runs = new BitRuns(present, values.Length); runs.MoveNext(); count += runs.Count)
        {
            values.Slice(runs.Start, runs.Count).CopyTo(packed[count..]);
        }

        return count;
    }

    /// <summary>Writes each row's value.</summary>
    internal static void Unpack<T>(ReadOnlySpan<byte> present, ReadOnlySpan<T> packed, Span<T> values)
        where T : unmanaged
    {
        values.Clear();
        var count = 0;
        for (var runs = new BitRuns(present, values.Length); runs.MoveNext(); count += runs.Count)
        {
            packed.Slice(count, runs.Count).CopyTo(values[runs.Start..]);
        }
    }
}
