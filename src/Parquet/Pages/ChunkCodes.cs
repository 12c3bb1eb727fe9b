using System.Buffers.Binary;
using System.Numerics;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;

namespace FeatureService.Parquet.Pages;

/// <summary>
/// A column chunk's values as codes of a dictionary, where they are few: whole numbers near each other, keys, texts. Most of it is
/// already so in the encodings in which the values arrived; the result depends on the values alone, so that it is the same by any way.
/// </summary>
internal sealed class ChunkCodes
{
    /// <summary>The most values of a dictionary.</summary>
    public const int CountMax = 1 << 16;

    /// <summary>So many whole numbers all become values of the dictionary, without a look at which of them occur.</summary>
    private const int RangeAsItIs = 256;

    private readonly TextCodes _texts = new();
    private readonly ushort[] _codeOf = new ushort[CountMax];
    private readonly bool[] _occurs = new bool[CountMax];
    private readonly Dictionary<long, ushort> _codeOfBits = [];
    private readonly DecodeBuffer _buffer = new();
    private ushort[] _codes = [];
    private ushort[] _rowCodes = [];

    /// <summary>A code for each value that is not null.</summary>
    public ReadOnlySpan<ushort> Codes => _codes.AsSpan(0, _codeCount);

    /// <summary>Number of values in the dictionary.</summary>
    public int Count { get; private set; }

    /// <summary>The dictionary's values, PLAIN.</summary>
    public PageBuffer Dictionary { get; } = new();

    /// <summary>Bits of a code.</summary>
    public int Width => Math.Max(1, BitOperations.Log2((uint)Math.Max(1, Count - 1)) + 1);

    private int _codeCount;

    /// <summary>Finds codes for a chunk's values; false where they are too many.</summary>
    /// <param name="type">Type of the values.</param>
    /// <param name="nullable">Whether it is a feature or label, and not what tells rows apart.</param>
    /// <param name="runs">The values.</param>
    /// <param name="rows">Which rows have one; at least one does.</param>
    public bool TryRead(ColumnType type, bool nullable, IReadOnlyList<EncodedColumn> runs, ChunkRows rows)
    {
        if (type == ColumnType.Bool)
        {
            return false;
        }

        Dictionary.Clear();
        _codeCount = 0;
        Grow(ref _codes, rows.Count);
        Grow(ref _rowCodes, rows.Count);
        return type == ColumnType.String
            ? TryReadTexts(runs)
            : TryReadNumbers(type, runs, rows) || (!nullable && TryReadRepeated(type, runs, rows));
    }

    private bool TryReadNumbers(ColumnType type, IReadOnlyList<EncodedColumn> runs, ChunkRows rows)
    {
        var (min, max) = (long.MaxValue, long.MinValue);
        foreach (var run in runs)
        {
            if (run.Length == 0)
            {
                continue;
            }

            if (!run.TryFindRange(out var least, out var greatest))
            {
                return false;
            }

            (min, max) = (Math.Min(min, least), Math.Max(max, greatest));
            if (unchecked((ulong)(max - min)) >= CountMax)
            {
                return false;
            }
        }

        foreach (var run in runs)
        {
            var offsets = _rowCodes.AsSpan(0, run.Length);
            run.CopyOffsets(min, offsets);
            Add(run, offsets);
        }

        var range = (int)(max - min) + 1;
        if (range <= RangeAsItIs && rows.ValueCount > RangeAsItIs * 16)
        {
            for (var number = min; number <= max; number++)
            {
                AppendNumber(type, number);
            }

            Count = range;
            return true;
        }

        var occurring = Occurring(range);
        if (occurring > Math.Max(rows.ValueCount / 2, 1))
        {
            return false;
        }

        foreach (ref var code in _codes.AsSpan(0, _codeCount))
        {
            code = _codeOf[code];
        }

        for (var offset = 0; offset < range; offset++)
        {
            if (_occurs[offset])
            {
                AppendNumber(type, min + offset);
            }
        }

        Count = occurring;
        return true;
    }

    /// <summary>Gives each offset that occurs its code, in ascending order.</summary>
    private int Occurring(int count)
    {
        _occurs.AsSpan(0, count).Clear();
        foreach (var offset in Codes)
        {
            _occurs[offset] = true;
        }

        var occurring = 0;
        for (var offset = 0; offset < count; offset++)
        {
            if (_occurs[offset])
            {
                _codeOf[offset] = (ushort)occurring++;
            }
        }

        return occurring;
    }

    /// <summary>Values of any size that repeat, as keys do: read by runs where they came so, else value by value.</summary>
    private bool TryReadRepeated(ColumnType type, IReadOnlyList<EncodedColumn> runs, ChunkRows rows)
    {
        Dictionary.Clear();
        _codeCount = 0;
        _codeOfBits.Clear();
        var countMax = Math.Min(CountMax, Math.Max(rows.ValueCount / 2, 1));
        foreach (var run in runs)
        {
            var codes = _rowCodes.AsSpan(0, run.Length);
            if (run.Encoding is ColumnEncoding.Runs or ColumnEncoding.Repeated)
            {
                var ofValues = new ushort[run.Values.Length / type.Width()];
                if (!TryFind(type, run.Values.Span, countMax, ofValues))
                {
                    return false;
                }

                run.Spread<ushort>(ofValues, codes);
            }
            else if (!TryFind(type, run.Decode(_buffer).Data.Span, countMax, codes))
            {
                return false;
            }

            Add(run, codes);
        }

        Count = _codeOfBits.Count;
        return true;
    }

    private bool TryFind(ColumnType type, ReadOnlySpan<byte> values, int countMax, Span<ushort> codes)
    {
        var width = type.Width();
        for (var i = 0; i < codes.Length; i++)
        {
            var bits = values.Slice(i * width, width);
            if (i > 0 && bits.SequenceEqual(values.Slice((i - 1) * width, width)))
            {
                codes[i] = codes[i - 1];
                continue;
            }

            var value = width == sizeof(int) ? BinaryPrimitives.ReadInt32LittleEndian(bits) : BinaryPrimitives.ReadInt64LittleEndian(bits);
            if (!_codeOfBits.TryGetValue(value, out codes[i]))
            {
                if (_codeOfBits.Count == countMax)
                {
                    return false;
                }

                _codeOfBits.Add(value, codes[i] = (ushort)_codeOfBits.Count);
                Dictionary.Append(bits);
            }
        }

        return true;
    }

    private bool TryReadTexts(IReadOnlyList<EncodedColumn> runs)
    {
        _texts.Dictionary.Clear();
        foreach (var run in runs)
        {
            var codes = _rowCodes.AsSpan(0, run.Length);
            if (!_texts.TryRead(run, codes))
            {
                return false;
            }

            Add(run, codes);
        }

        _texts.Dictionary.CopyTo(Dictionary);
        Count = _texts.Dictionary.Count;
        return Count <= Math.Max(_codeCount / 2, 1);
    }

    /// <summary>Adds the codes of rows that have a value.</summary>
    private void Add(EncodedColumn run, ReadOnlySpan<ushort> codes)
    {
        var target = _codes.AsSpan(_codeCount);
        if (run.NullCount == 0)
        {
            codes.CopyTo(target);
        }
        else
        {
            SparseValues.Compact(codes, run.Validity.Span, target);
        }

        _codeCount += run.Length - run.NullCount;
    }

    private void AppendNumber(ColumnType type, long number)
    {
        Span<byte> bits = stackalloc byte[sizeof(long)];
        switch (type)
        {
            case ColumnType.Float32:
                BinaryPrimitives.WriteSingleLittleEndian(bits, number);
                break;
            case ColumnType.Float64:
                BinaryPrimitives.WriteDoubleLittleEndian(bits, number);
                break;
            default:
                BinaryPrimitives.WriteInt64LittleEndian(bits, number);
                break;
        }

        Dictionary.Append(bits[..type.Width()]);
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = new T[length];
        }
    }
}
