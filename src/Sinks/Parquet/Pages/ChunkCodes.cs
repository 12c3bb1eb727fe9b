using System.Buffers.Binary;
using System.Numerics;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;

namespace FeatureService.Sinks.Parquet.Pages;

/// <summary>
/// A column chunk's values as codes of a dictionary, where they are few: whole numbers near each other, values that come in runs, texts.
/// Most of it is already so in the encodings in which the values arrived.
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
    /// <param name="runs">The values.</param>
    /// <param name="rows">Which rows have one; at least one does.</param>
    public bool TryRead(ColumnType type, IReadOnlyList<EncodedColumn> runs, ChunkRows rows)
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
            : TryReadNumbers(type, runs, rows) || TryReadRuns(type, runs, rows);
    }

    private bool TryReadNumbers(ColumnType type, IReadOnlyList<EncodedColumn> runs, ChunkRows rows)
    {
        var (min, max) = (long.MaxValue, long.MinValue);
        foreach (var run in runs)
        {
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

    private bool TryReadRuns(ColumnType type, IReadOnlyList<EncodedColumn> runs, ChunkRows rows)
    {
        _codeCount = 0;
        if (runs.Any(run => run.Encoding is not (ColumnEncoding.Runs or ColumnEncoding.Repeated)))
        {
            return false;
        }

        var width = type.Width();
        var codeOf = new Dictionary<long, ushort>();
        foreach (var run in runs)
        {
            var ofValues = new ushort[run.Values.Length / width];
            for (var i = 0; i < ofValues.Length; i++)
            {
                var bits = run.Values.Span.Slice(i * width, width);
                var value = width == sizeof(int) ? BinaryPrimitives.ReadInt32LittleEndian(bits) : BinaryPrimitives.ReadInt64LittleEndian(bits);
                if (!codeOf.TryGetValue(value, out ofValues[i]))
                {
                    if (codeOf.Count == Math.Min(CountMax, rows.ValueCount))
                    {
                        return false;
                    }

                    codeOf.Add(value, ofValues[i] = (ushort)codeOf.Count);
                    Dictionary.Append(bits);
                }
            }

            var codes = _rowCodes.AsSpan(0, run.Length);
            run.Spread<ushort>(ofValues, codes);
            Add(run, codes);
        }

        Count = codeOf.Count;
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
