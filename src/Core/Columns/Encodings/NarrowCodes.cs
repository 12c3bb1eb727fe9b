using System.Numerics;
using System.Runtime.InteropServices;

namespace FeatureService.Core.Columns.Encodings;

/// <summary>Codes of narrow values as they are, for who passes them on without the values.</summary>
internal static class NarrowCodes
{
    /// <summary>The least and the greatest of codes.</summary>
    /// <param name="codes">The codes, at least one.</param>
    /// <param name="width">Bytes of a code.</param>
    public static (long Min, long Max) Range(ReadOnlySpan<byte> codes, int width) => width switch
    {
        sizeof(byte) => Range(codes),
        sizeof(ushort) => Range(MemoryMarshal.Cast<byte, ushort>(codes)),
        _ => Range(MemoryMarshal.Cast<byte, uint>(codes)),
    };

    /// <summary>Writes codes plus a number as 16 bits.</summary>
    /// <param name="codes">The codes.</param>
    /// <param name="width">Bytes of a code.</param>
    /// <param name="more">What is added.</param>
    /// <param name="offsets">Where they go.</param>
    public static void Rebase(ReadOnlySpan<byte> codes, int width, long more, Span<ushort> offsets)
    {
        if (width == sizeof(byte))
        {
            var tiled = codes.Length & -Vector<byte>.Count;
            Halving.Widen<Half16, ushort, byte>(codes[..tiled], offsets);
            for (var i = tiled; i < codes.Length; i++)
            {
                offsets[i] = codes[i];
            }
        }
        else if (width == sizeof(ushort))
        {
            MemoryMarshal.Cast<byte, ushort>(codes).CopyTo(offsets);
        }
        else
        {
            var wide = MemoryMarshal.Cast<byte, uint>(codes);
            for (var i = 0; i < wide.Length; i++)
            {
                offsets[i] = unchecked((ushort)wide[i]);
            }
        }

        var step = unchecked((ushort)more);
        for (var i = 0; i < offsets.Length && step != 0; i++)
        {
            offsets[i] = unchecked((ushort)(offsets[i] + step));
        }
    }

    private static (long Min, long Max) Range<T>(ReadOnlySpan<T> codes)
        where T : unmanaged, INumber<T>
    {
        var (min, max) = (codes[0], codes[0]);
        var lanes = Vector<T>.Count;
        var row = 0;
        if (codes.Length >= lanes)
        {
            ref var start = ref MemoryMarshal.GetReference(codes);
            var (mins, maxs) = (new Vector<T>(min), new Vector<T>(max));
            for (; row + lanes <= codes.Length; row += lanes)
            {
                var code = Vector.LoadUnsafe(ref start, (nuint)row);
                (mins, maxs) = (Vector.Min(mins, code), Vector.Max(maxs, code));
            }

            for (var lane = 0; lane < lanes; lane++)
            {
                (min, max) = (T.Min(min, mins[lane]), T.Max(max, maxs[lane]));
            }
        }

        for (; row < codes.Length; row++)
        {
            (min, max) = (T.Min(min, codes[row]), T.Max(max, codes[row]));
        }

        return (long.CreateTruncating(min), long.CreateTruncating(max));
    }
}
