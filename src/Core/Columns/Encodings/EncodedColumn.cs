using System.Runtime.InteropServices;

namespace FeatureService.Core.Columns.Encodings;

/// <summary>
/// A run of a column's rows in the form in which it arrived, checked, over the payload's own bytes. Who only passes it on reads its
/// parts; all others decode it.
/// </summary>
public sealed class EncodedColumn
{
    private readonly Column? _plain;

    private EncodedColumn(Column plain)
    {
        _plain = plain;
        (Type, Length, NullCount, Validity, Values) = (plain.Type, plain.Length, plain.NullCount, plain.Validity, plain.Data);
    }

    private EncodedColumn(ColumnType type, ChunkLayout layout, ReadOnlyMemory<byte> payload)
    {
        Type = type;
        Encoding = layout.Encoding;
        Length = (int)layout.Rows;
        NullCount = (int)layout.NullCount;
        // No bitmap tells that all rows are null.
        Validity = layout.Validity is null && NullCount == Length && Length > 0
            ? new byte[Bitmap.Bytes(Length)]
            : ChunkParts.ReadValidity(layout, Length, payload);
        Values = ChunkParts.Read("values", layout.Values, layout.Values.Length, payload);
        Base = layout.Base;
    }

    /// <summary>The type of the values.</summary>
    public ColumnType Type { get; }

    /// <summary>Form of the values.</summary>
    public ColumnEncoding Encoding { get; } = ColumnEncoding.Plain;

    /// <summary>Number of rows.</summary>
    public int Length { get; }

    /// <summary>Number of rows that are null.</summary>
    public int NullCount { get; }

    /// <summary>One bit a row, LSB first, 1 = valid; empty where <see cref="NullCount"/> is 0.</summary>
    public ReadOnlyMemory<byte> Validity { get; }

    /// <summary>The values as <see cref="Encoding"/> says.</summary>
    public ReadOnlyMemory<byte> Values { get; }

    /// <summary>For runs the int32 row behind each.</summary>
    public ReadOnlyMemory<byte> RunEnds { get; private init; }

    /// <summary>For sparse values one bit a row.</summary>
    public ReadOnlyMemory<byte> Present { get; private init; }

    /// <summary>For narrow values the number of code 0.</summary>
    public long Base { get; }

    /// <summary>For strings in another form than PLAIN the texts of the codes.</summary>
    public StringTable? Dictionary { get; private init; }

    /// <summary>Bytes of one of <see cref="Values"/>: of the type, or of codes.</summary>
    public int Width => Encoding == ColumnEncoding.Narrow ? Values.Length / Math.Max(1, Length) : ValueWidth;

    private int ValueWidth => Type == ColumnType.String ? sizeof(int) : Type.Width();

    /// <summary>A column that is not encoded; strings plain.</summary>
    /// <param name="column">The column.</param>
    public static EncodedColumn Of(Column column) => new(column);

    /// <summary>A chunk of a payload.</summary>
    /// <param name="type">Type of the values.</param>
    /// <param name="layout">Where the parts lie, as the message says; checked here.</param>
    /// <param name="payload">The payload; the chunk is good as long as it is.</param>
    /// <exception cref="InvalidDataException">The layout is none of this type and payload: which part, and what was expected.</exception>
    public static EncodedColumn Read(ColumnType type, ChunkLayout layout, ReadOnlyMemory<byte> payload)
    {
        if (layout.Encoding == ColumnEncoding.Plain)
        {
            return new EncodedColumn(PlainCodec.Decode(type, layout, payload));
        }

        ChunkParts.Check(type, layout);
        var isText = type == ColumnType.String;
        var isRuns = layout.Encoding == ColumnEncoding.Runs;
        var isSparse = layout.Encoding == ColumnEncoding.Sparse;
        var column = new EncodedColumn(type, layout, payload)
        {
            Dictionary = isText ? ReadDictionary(layout, payload) : null,
            RunEnds = isRuns ? ChunkParts.Read("run ends", layout.RunEnds, layout.RunEnds?.Length ?? 0, payload) : default,
            Present = isSparse ? ChunkParts.Read("present", layout.Present, Bitmap.Bytes((int)layout.Rows), payload) : default,
        };
        EncodedChecks.Check(column);
        return column;
    }

    /// <summary>The rows as a column; PLAIN ones without a copy.</summary>
    /// <param name="buffer">Where values go, in place of new memory.</param>
    public Column Decode(DecodeBuffer? buffer = null)
    {
        if (_plain is not null)
        {
            return _plain;
        }

        buffer ??= new DecodeBuffer();
        if (Dictionary is not null)
        {
            return EncodedTexts.Decode(this, Dictionary, buffer);
        }

        var data = buffer.Data(Length * ValueWidth);
        DecodeValues(data.Span);
        return new Column { Type = Type, Length = Length, NullCount = NullCount, Validity = Validity, Data = data };
    }

    /// <summary>The bounds of the rows' values where all are whole numbers; false for texts, and where one is no such number.</summary>
    /// <param name="min">The least.</param>
    /// <param name="max">The greatest.</param>
    public bool TryFindRange(out long min, out long max)
    {
        (min, max) = (0, 0);
        if (Type == ColumnType.String || Length == 0)
        {
            return false;
        }

        if (Encoding == ColumnEncoding.Narrow)
        {
            (min, max) = NarrowCodes.Range(Values.Span, Width);
            (min, max) = (min + Base, max + Base);
            return true;
        }

        var isWhole = Values.IsEmpty || NarrowValues.TryFindRange(Type, Values.Span, out min, out max);
        if (Encoding == ColumnEncoding.Sparse)
        {
            (min, max) = (Math.Min(min, 0), Math.Max(max, 0));
        }

        return isWhole;
    }

    /// <summary>Writes how far each row's number lies above a base. Only where <see cref="TryFindRange"/> found numbers.</summary>
    /// <param name="baseNumber">Not above the least number, and less than 65,536 below the greatest.</param>
    /// <param name="offsets">One for each row.</param>
    public void CopyOffsets(long baseNumber, Span<ushort> offsets)
    {
        switch (Encoding)
        {
            case ColumnEncoding.Narrow:
                NarrowCodes.Rebase(Values.Span, Width, Base - baseNumber, offsets);
                break;
            case ColumnEncoding.Repeated or ColumnEncoding.Runs:
                Span<ushort> ofValues = new ushort[Values.Length / Width];
                NarrowValues.Pack(Type, Values.Span, baseNumber, sizeof(ushort), MemoryMarshal.AsBytes(ofValues));
                Spread<ushort>(ofValues, offsets);
                break;
            default:
                NarrowValues.Pack(Type, Decode().Data.Span, baseNumber, sizeof(ushort), MemoryMarshal.AsBytes(offsets));
                break;
        }
    }

    /// <summary>Gives each row what belongs to its value: of <see cref="ColumnEncoding.Repeated"/> and <see cref="ColumnEncoding.Runs"/>.</summary>
    /// <typeparam name="T">What belongs to values.</typeparam>
    /// <param name="ofValues">One for each of <see cref="Values"/>.</param>
    /// <param name="ofRows">One for each row.</param>
    public void Spread<T>(ReadOnlySpan<T> ofValues, Span<T> ofRows)
    {
        if (Encoding == ColumnEncoding.Runs)
        {
            RunValues.Unpack(ofValues, MemoryMarshal.Cast<byte, int>(RunEnds.Span), ofRows);
        }
        else
        {
            RunValues.Repeat(ofValues, ofRows);
        }
    }

    /// <summary>Writes each row's code in <see cref="Dictionary"/>; any where the row is null.</summary>
    /// <param name="codes">One for each row.</param>
    public void CopyCodes(Span<int> codes) => DecodeValues(MemoryMarshal.AsBytes(codes));

    /// <summary>The rows as a column; strings as codes of <see cref="Dictionary"/> where there is one.</summary>
    public Column DecodeCoded()
    {
        if (Dictionary is null)
        {
            return Decode();
        }

        var codes = GC.AllocateUninitializedArray<byte>(Length * sizeof(int));
        DecodeValues(codes);
        return new Column { Type = Type, Length = Length, NullCount = NullCount, Validity = Validity, Data = codes, Dictionary = Dictionary };
    }

    /// <summary>Writes each row's value; codes of strings.</summary>
    /// <param name="target">As many bytes as the rows take.</param>
    internal void DecodeValues(Span<byte> target)
    {
        switch (ValueWidth)
        {
            case sizeof(byte):
                DecodeValues<byte>(target);
                break;
            case sizeof(int):
                DecodeValues<int>(target);
                break;
            default:
                DecodeValues<long>(target);
                break;
        }
    }

    private void DecodeValues<T>(Span<byte> target)
        where T : unmanaged
    {
        var values = MemoryMarshal.Cast<byte, T>(Values.Span);
        var rows = MemoryMarshal.Cast<byte, T>(target);
        switch (Encoding)
        {
            case ColumnEncoding.Repeated:
                RunValues.Repeat(values, rows);
                break;
            case ColumnEncoding.Runs:
                RunValues.Unpack(values, MemoryMarshal.Cast<byte, int>(RunEnds.Span), rows);
                break;
            case ColumnEncoding.Sparse:
                SparseValues.Unpack(Present.Span, values, rows);
                break;
            default:
                NarrowValues.Unpack(Type, Values.Span, Base, Width, target);
                break;
        }
    }

    private static StringTable ReadDictionary(ChunkLayout layout, ReadOnlyMemory<byte> payload)
    {
        var offsets = ChunkParts.Read("offsets", layout.Offsets, layout.Offsets?.Length ?? 0, payload);
        var utf8 = ChunkParts.Read("dictionary", layout.Dictionary, layout.Dictionary?.Length ?? 0, payload);
        if (offsets.Length < 2 * sizeof(int) || offsets.Length % sizeof(int) != 0)
        {
            throw new InvalidDataException($"column chunk: offsets has {offsets.Length} bytes, expected those of a dictionary of one text or more");
        }

        PlainStrings.Check(MemoryMarshal.Cast<byte, int>(offsets.Span), utf8.Length);
        return new StringTable((offsets.Length / sizeof(int)) - 1, offsets, utf8);
    }
}
