using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace FeatureService.Parquet.Pages;

/// <summary>Codes by as few bits as they need, the first code in the lowest bits, as Parquet packs them.</summary>
internal static class BitPacking
{
    /// <summary>Codes are packed by so many: their bits fill whole bytes.</summary>
    public const int GroupSize = 8;

    private const int HalfGroup = GroupSize / 2;

    /// <summary>Appends whole groups of codes.</summary>
    /// <param name="codes">A multiple of <see cref="GroupSize"/> of them, each below 2^<paramref name="width"/>.</param>
    /// <param name="width">Bits of a code, from 1 to 16.</param>
    /// <param name="output">Where they go.</param>
    public static void Append(ReadOnlySpan<ushort> codes, int width, PageBuffer output)
    {
        var length = codes.Length / GroupSize * width;
        // A group is written as 16 bytes, of which the next one overwrites those that are too many.
        var target = output.Room(length + (2 * sizeof(ulong)));
        var halves = MemoryMarshal.Cast<ushort, ulong>(codes);
        var mask = ((1ul << width) - 1) * 0x0001_0001_0001_0001;
        var at = 0;
        for (var i = 0; i < halves.Length; i += 2, at += width)
        {
            var (low, high) = (Half(halves[i], mask, width), Half(halves[i + 1], mask, width));
            var shift = HalfGroup * width;
            BinaryPrimitives.WriteUInt64LittleEndian(target[at..], shift < 64 ? low | (high << shift) : low);
            BinaryPrimitives.WriteUInt64LittleEndian(target[(at + sizeof(ulong))..], shift < 64 ? high >> (64 - shift) : high);
        }

        output.Advance(length);
    }

    /// <summary>The bits of four codes.</summary>
    private static ulong Half(ulong codes, ulong mask, int width)
    {
        if (Bmi2.X64.IsSupported)
        {
            return Bmi2.X64.ParallelBitExtract(codes, mask);
        }

        var bits = 0ul;
        for (var i = 0; i < HalfGroup; i++)
        {
            bits |= (codes >> (16 * i) & ushort.MaxValue) << (i * width);
        }

        return bits;
    }
}
