namespace FeatureService.Core.Columns.Wire;

/// <summary>A <c>ColumnChunk</c> of the contract: which rows of which column, and where their parts lie in the payload.</summary>
/// <remarks>Read from outside: anything is possible until the rows are decoded.</remarks>
public readonly ref struct ChunkMessage
{
    /// <summary>Number of the field <c>columns</c>, the same in all answers.</summary>
    public const int Field = 2;

    /// <summary>
    /// The most bytes of the field, its name apart: tag and length, the name's, two enums, three numbers, a long one, and six ranges of two
    /// numbers each.
    /// </summary>
    public const int BytesMax = 4 + 4 + (2 * 2) + (3 * 6) + 11 + (6 * (2 + 6 + 6));

    private const int NameField = 1;
    private const int TypeField = 2;
    private const int EncodingField = 3;
    private const int FirstRowField = 4;
    private const int RowsField = 5;
    private const int NullCountField = 6;
    private const int ValidityField = 7;
    private const int ValuesField = 8;
    private const int OffsetsField = 9;
    private const int DictionaryField = 10;
    private const int RunEndsField = 11;
    private const int PresentField = 12;
    private const int BaseField = 13;
    private const int OffsetField = 1;
    private const int LengthField = 2;

    /// <summary>Name of the column in UTF-8.</summary>
    public required ReadOnlySpan<byte> Name { get; init; }

    /// <summary>The contract's number of the values' type.</summary>
    public required int Type { get; init; }

    /// <summary>First row of the run: of the slice in a backfill, else of the answer.</summary>
    public required uint FirstRow { get; init; }

    /// <summary>Where the parts lie.</summary>
    public required ChunkLayout Layout { get; init; }

    /// <summary>Writes the chunk as the next field of an answer.</summary>
    /// <param name="writer">The answer.</param>
    public void Write(ref ProtoWriter writer)
    {
        var start = writer.Open(Field);
        writer.Bytes(NameField, Name);
        writer.Number(TypeField, (ulong)Type);
        writer.Number(EncodingField, (ulong)Layout.Encoding);
        writer.Number(FirstRowField, FirstRow);
        writer.Number(RowsField, (ulong)Layout.Rows);
        writer.Number(NullCountField, (ulong)Layout.NullCount);
        Write(ref writer, ValidityField, Layout.Validity);
        Write(ref writer, ValuesField, Layout.Values);
        Write(ref writer, OffsetsField, Layout.Offsets);
        Write(ref writer, DictionaryField, Layout.Dictionary);
        Write(ref writer, RunEndsField, Layout.RunEnds);
        Write(ref writer, PresentField, Layout.Present);
        writer.Signed(BaseField, Layout.Base);
        writer.Close(start);
    }

    /// <summary>Reads a chunk.</summary>
    /// <param name="bytes">The bytes of the field.</param>
    /// <exception cref="InvalidDataException">They are no message.</exception>
    public static ChunkMessage Read(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> name = default;
        var (type, encoding, firstRow, rows, nullCount, baseNumber) = (0, 0u, 0u, 0u, 0u, 0L);
        ByteRun? validity = null, values = null, offsets = null, dictionary = null, runEnds = null, present = null;
        var reader = new ProtoReader(bytes);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case NameField:
                    name = reader.Bytes;
                    break;
                case TypeField:
                    type = (int)reader.Number;
                    break;
                case EncodingField:
                    encoding = (uint)reader.Number;
                    break;
                case FirstRowField:
                    firstRow = (uint)reader.Number;
                    break;
                case RowsField:
                    rows = (uint)reader.Number;
                    break;
                case NullCountField:
                    nullCount = (uint)reader.Number;
                    break;
                case ValidityField:
                    validity = ReadRun(reader.Bytes);
                    break;
                case ValuesField:
                    values = ReadRun(reader.Bytes);
                    break;
                case OffsetsField:
                    offsets = ReadRun(reader.Bytes);
                    break;
                case DictionaryField:
                    dictionary = ReadRun(reader.Bytes);
                    break;
                case RunEndsField:
                    runEnds = ReadRun(reader.Bytes);
                    break;
                case PresentField:
                    present = ReadRun(reader.Bytes);
                    break;
                case BaseField:
                    baseNumber = reader.Signed;
                    break;
            }
        }

        return new ChunkMessage
        {
            Name = name,
            Type = type,
            FirstRow = firstRow,
            Layout = new ChunkLayout
            {
                // One that no byte holds is none that was offered.
                Encoding = encoding > byte.MaxValue ? 0 : (ColumnEncoding)encoding,
                Rows = rows,
                NullCount = nullCount,
                Validity = validity,
                Values = values ?? default,
                Offsets = offsets,
                Dictionary = dictionary,
                RunEnds = runEnds,
                Present = present,
                Base = baseNumber,
            },
        };
    }

    private static void Write(ref ProtoWriter writer, int field, ByteRun? run)
    {
        if (run is { } given)
        {
            var start = writer.Open(field);
            writer.Number(OffsetField, (ulong)given.Offset);
            writer.Number(LengthField, (ulong)given.Length);
            writer.Close(start);
        }
    }

    private static ByteRun ReadRun(ReadOnlySpan<byte> bytes)
    {
        var (offset, length) = (0u, 0u);
        var reader = new ProtoReader(bytes);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case OffsetField:
                    offset = (uint)reader.Number;
                    break;
                case LengthField:
                    length = (uint)reader.Number;
                    break;
            }
        }

        return new ByteRun(offset, length);
    }
}
