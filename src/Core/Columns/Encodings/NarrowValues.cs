using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FeatureService.Core.Columns.Encodings;

/// <summary>Values that all are whole numbers near each other, as unsigned integers above the least of them.</summary>
internal static class NarrowValues
{
    /// <summary>Values that are converted at once: their forms of every width stay in a core's first-level cache.</summary>
    private const int TileRows = 1024;

    /// <summary>Vectors after which a scan asks whether all values were whole so far.</summary>
    private const int ScanVectors = 32;

    /// <summary>The least and the greatest of values that all are whole numbers; false where one is not.</summary>
    /// <param name="type">Type of the values; int32 codes for strings.</param>
    /// <param name="bits">The values, at least one.</param>
    /// <param name="min">The least.</param>
    /// <param name="max">The greatest.</param>
    public static bool TryFindRange(ColumnType type, ReadOnlySpan<byte> bits, out long min, out long max)
    {
        (min, max) = (0, 0);
        return type switch
        {
            ColumnType.Float32 => TryFindRange<SingleNumbers, int>(MemoryMarshal.Cast<byte, int>(bits), out min, out max),
            ColumnType.Float64 => TryFindRange<DoubleNumbers, long>(MemoryMarshal.Cast<byte, long>(bits), out min, out max),
            ColumnType.Int64 or ColumnType.Timestamp => TryFindRange<Int64Numbers, long>(MemoryMarshal.Cast<byte, long>(bits), out min, out max),
            ColumnType.Date or ColumnType.String => TryFindRange<Int32Numbers, int>(MemoryMarshal.Cast<byte, int>(bits), out min, out max),
            _ => false,
        };
    }

    /// <summary>Bytes of a code for numbers of a range: 1, 2 or 4.</summary>
    /// <returns>0 where the range is too large.</returns>
    public static int Width(long min, long max) => unchecked((ulong)(max - min)) switch
    {
        <= byte.MaxValue => sizeof(byte),
        <= ushort.MaxValue => sizeof(ushort),
        <= uint.MaxValue => sizeof(uint),
        _ => 0,
    };

    /// <summary>Writes the codes of values.</summary>
    /// <param name="type">Type of the values.</param>
    /// <param name="bits">The values.</param>
    /// <param name="baseNumber">The number of code 0.</param>
    /// <param name="width">Bytes of a code.</param>
    /// <param name="codes">Where they go.</param>
    public static void Pack(ColumnType type, ReadOnlySpan<byte> bits, long baseNumber, int width, Span<byte> codes)
    {
        switch (type)
        {
            case ColumnType.Float32:
                Pack<SingleNumbers, int>(MemoryMarshal.Cast<byte, int>(bits), (int)baseNumber, width, codes);
                break;
            case ColumnType.Float64:
                Pack<DoubleNumbers, long>(MemoryMarshal.Cast<byte, long>(bits), baseNumber, width, codes);
                break;
            case ColumnType.Int64 or ColumnType.Timestamp:
                Pack<Int64Numbers, long>(MemoryMarshal.Cast<byte, long>(bits), baseNumber, width, codes);
                break;
            default:
                Pack<Int32Numbers, int>(MemoryMarshal.Cast<byte, int>(bits), (int)baseNumber, width, codes);
                break;
        }
    }

    /// <summary>Writes the values of codes; the counterpart of <see cref="Pack"/>.</summary>
    public static void Unpack(ColumnType type, ReadOnlySpan<byte> codes, long baseNumber, int width, Span<byte> bits)
    {
        switch (type)
        {
            case ColumnType.Float32:
                Unpack<SingleNumbers, int>(codes, unchecked((int)baseNumber), width, MemoryMarshal.Cast<byte, int>(bits));
                break;
            case ColumnType.Float64:
                Unpack<DoubleNumbers, long>(codes, baseNumber, width, MemoryMarshal.Cast<byte, long>(bits));
                break;
            case ColumnType.Int64 or ColumnType.Timestamp:
                Unpack<Int64Numbers, long>(codes, baseNumber, width, MemoryMarshal.Cast<byte, long>(bits));
                break;
            default:
                Unpack<Int32Numbers, int>(codes, unchecked((int)baseNumber), width, MemoryMarshal.Cast<byte, int>(bits));
                break;
        }
    }

    private static bool TryFindRange<TForm, T>(scoped ReadOnlySpan<T> values, out long min, out long max)
        where TForm : IWholeNumbers<T>
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        var lanes = Vector<T>.Count;
        Span<T> few = stackalloc T[lanes];
        if (values.Length < lanes)
        {
            few.Fill(values[0]);
            values.CopyTo(few);
            values = few;
        }

        (min, max) = (0, 0);
        var scan = new RangeScan<TForm, T>();
        ref var start = ref MemoryMarshal.GetReference(values);
        var last = values.Length - lanes;
        for (var block = 0; block <= last; block += lanes * ScanVectors)
        {
            var end = Math.Min(last, block + (lanes * (ScanVectors - 1)));
            for (var row = block; row <= end; row += lanes)
            {
                scan.Add(Vector.LoadUnsafe(ref start, (nuint)row));
            }

            if (!scan.AllWhole)
            {
                return false;
            }
        }

        // The values behind the last whole vector, some before them for the second time.
        scan.Add(Vector.LoadUnsafe(ref start, (nuint)last));
        if (!scan.AllWhole)
        {
            return false;
        }

        (min, max) = scan.Range();
        return min >= TForm.Min && max <= TForm.Max;
    }

    [SkipLocalsInit]
    private static void Pack<TForm, T>(ReadOnlySpan<T> values, T baseNumber, int width, Span<byte> codes)
        where TForm : IWholeNumbers<T>
        where T : unmanaged, INumber<T>
    {
        Span<T> offsets = stackalloc T[TileRows];
        Span<byte> tile = stackalloc byte[TileRows * sizeof(uint)];
        var bases = new Vector<T>(baseNumber);
        for (var first = 0; first < values.Length; first += TileRows)
        {
            var rows = Math.Min(TileRows, values.Length - first);
            values.Slice(first, rows).CopyTo(offsets);
            ref var start = ref MemoryMarshal.GetReference(offsets);
            for (var i = 0; i < TileRows; i += Vector<T>.Count)
            {
                (TForm.ToWhole(Vector.LoadUnsafe(ref start, (nuint)i)) - bases).StoreUnsafe(ref start, (nuint)i);
            }

            ToCodes(offsets, width, tile);
            tile[..(rows * width)].CopyTo(codes[(first * width)..]);
        }
    }

    [SkipLocalsInit]
    private static void Unpack<TForm, T>(ReadOnlySpan<byte> codes, T baseNumber, int width, Span<T> values)
        where TForm : IWholeNumbers<T>
        where T : unmanaged, INumber<T>
    {
        Span<T> offsets = stackalloc T[TileRows];
        Span<byte> tile = stackalloc byte[TileRows * sizeof(uint)];
        var bases = new Vector<T>(baseNumber);
        for (var first = 0; first < values.Length; first += TileRows)
        {
            var rows = Math.Min(TileRows, values.Length - first);
            codes.Slice(first * width, rows * width).CopyTo(tile);
            FromCodes(tile, width, offsets);
            ref var start = ref MemoryMarshal.GetReference(offsets);
            for (var i = 0; i < TileRows; i += Vector<T>.Count)
            {
                TForm.ToBits(Vector.LoadUnsafe(ref start, (nuint)i) + bases).StoreUnsafe(ref start, (nuint)i);
            }

            offsets[..rows].CopyTo(values[first..]);
        }
    }

    /// <summary>A tile of offsets to codes of a width, by halves.</summary>
    [SkipLocalsInit]
    private static void ToCodes<T>(Span<T> offsets, int width, Span<byte> codes)
        where T : unmanaged
    {
        Span<uint> words = stackalloc uint[TileRows];
        Span<ushort> halves = stackalloc ushort[TileRows];
        if (Unsafe.SizeOf<T>() == sizeof(ulong))
        {
            Halving.Narrow<Half64, ulong, uint>(MemoryMarshal.Cast<T, ulong>(offsets), words);
        }
        else
        {
            MemoryMarshal.Cast<T, uint>(offsets).CopyTo(words);
        }

        switch (width)
        {
            case sizeof(byte):
                Halving.Narrow<Half32, uint, ushort>(words, halves);
                Halving.Narrow<Half16, ushort, byte>(halves, codes[..TileRows]);
                break;
            case sizeof(ushort):
                Halving.Narrow<Half32, uint, ushort>(words, MemoryMarshal.Cast<byte, ushort>(codes)[..TileRows]);
                break;
            default:
                words.CopyTo(MemoryMarshal.Cast<byte, uint>(codes));
                break;
        }
    }

    /// <summary>A tile of codes of a width to offsets.</summary>
    [SkipLocalsInit]
    private static void FromCodes<T>(ReadOnlySpan<byte> codes, int width, Span<T> offsets)
        where T : unmanaged
    {
        Span<uint> words = stackalloc uint[TileRows];
        Span<ushort> halves = stackalloc ushort[TileRows];
        switch (width)
        {
            case sizeof(byte):
                Halving.Widen<Half16, ushort, byte>(codes[..TileRows], halves);
                Halving.Widen<Half32, uint, ushort>(halves, words);
                break;
            case sizeof(ushort):
                Halving.Widen<Half32, uint, ushort>(MemoryMarshal.Cast<byte, ushort>(codes)[..TileRows], words);
                break;
            default:
                MemoryMarshal.Cast<byte, uint>(codes)[..TileRows].CopyTo(words);
                break;
        }

        if (Unsafe.SizeOf<T>() == sizeof(ulong))
        {
            Halving.Widen<Half64, ulong, uint>(words, MemoryMarshal.Cast<T, ulong>(offsets));
        }
        else
        {
            words.CopyTo(MemoryMarshal.Cast<T, uint>(offsets));
        }
    }
}
