using System.Runtime.InteropServices;

namespace FeatureService.Core.Columns.Encodings;

/// <summary>
/// Writes column chunks in the smallest form that the reader accepts. The form depends on the values alone, so equal rows give equal
/// bytes. One instance for one stream: buffers are kept.
/// </summary>
/// <param name="accepted">Forms that the reader understands.</param>
public sealed class ColumnEncoder(EncodingSet accepted)
{
    private readonly TextCodes _texts = new();
    private Column? _column;
    private int _firstRow;
    private int _rows;
    private int _nullCount;
    private ChunkForm _form;

    /// <summary>Finds the form of a run of rows.</summary>
    /// <param name="column">The column.</param>
    /// <param name="firstRow">First row of the run.</param>
    /// <param name="rows">Number of rows.</param>
    /// <returns>The most bytes that <see cref="Write"/> takes in a payload, padding included.</returns>
    public long Measure(Column column, int firstRow, int rows)
    {
        ChunkParts.CheckRun(column, firstRow, rows);
        (_column, _firstRow, _rows) = (column, firstRow, rows);
        _nullCount = ChunkParts.CountNulls(column, firstRow, rows);
        _form = default;
        var isText = column.Type == ColumnType.String;
        if (!accepted.IsPlain && rows > 1 && (!isText || _texts.TryRead(column, firstRow, rows)))
        {
            _form = ChunkForm.Find(column.Type, Bits(), accepted);
        }

        var plain = PlainCodec.Size(column, firstRow, rows);
        var size = ValidityBytes + _form.Bytes(rows) + (isText ? DictionaryBytes : 0);
        if (_form.Encoding is not 0 and not ColumnEncoding.Plain && size < plain)
        {
            return size;
        }

        _form = default;
        return plain;
    }

    /// <summary>Writes the run that was measured last.</summary>
    /// <param name="payload">The payload; what is written is zeroed first where it is padding.</param>
    /// <param name="position">Where to write, a multiple of <see cref="PlainCodec.Alignment"/>; moved behind the chunk, to such a multiple again.</param>
    /// <returns>Where the parts lie.</returns>
    /// <exception cref="ArgumentException">The payload is too small.</exception>
    /// <exception cref="InvalidOperationException">Nothing was measured.</exception>
    public ChunkLayout Write(Span<byte> payload, ref int position)
    {
        var column = _column ?? throw new InvalidOperationException("a run is measured before it is written");
        if (_form.Encoding == 0)
        {
            return PlainCodec.Encode(column, _firstRow, _rows, payload, ref position);
        }

        ByteRun? validity = null;
        if (ValidityBytes > 0)
        {
            validity = ChunkParts.Take(payload, Bitmap.Bytes(_rows), ref position, out var bits);
            Bitmap.Copy(column.Validity.Span, _firstRow, _rows, bits);
        }

        var layout = new ChunkLayout
        {
            Encoding = _form.Encoding,
            Rows = _rows,
            NullCount = _nullCount,
            Validity = validity,
            Base = _form.Base,
            Values = default,
        };
        if (column.Type == ColumnType.String)
        {
            layout = WriteDictionary(layout, payload, ref position);
        }

        return WriteValues(layout, payload, ref position);
    }

    /// <summary>No bitmap tells that all rows are null.</summary>
    private long ValidityBytes => _nullCount == 0 || _nullCount == _rows ? 0 : PlainCodec.Align(Bitmap.Bytes(_rows));

    private long DictionaryBytes => PlainCodec.Align((_texts.Count + 1L) * sizeof(int)) + PlainCodec.Align(_texts.Utf8Length);

    private ReadOnlySpan<byte> Bits()
    {
        if (_column!.Type == ColumnType.String)
        {
            return MemoryMarshal.AsBytes(_texts.Codes);
        }

        var width = _column.Type.Width();
        return _column.Data.Span.Slice(_firstRow * width, _rows * width);
    }

    private ChunkLayout WriteDictionary(ChunkLayout layout, Span<byte> payload, ref int position)
    {
        var offsets = ChunkParts.Take(payload, (_texts.Count + 1L) * sizeof(int), ref position, out var offsetBytes);
        var dictionary = ChunkParts.Take(payload, _texts.Utf8Length, ref position, out var utf8);
        _texts.WriteDictionary(MemoryMarshal.Cast<byte, int>(offsetBytes), utf8);
        return layout with { Offsets = offsets, Dictionary = dictionary };
    }

    private ChunkLayout WriteValues(ChunkLayout layout, Span<byte> payload, ref int position)
    {
        var bits = Bits();
        switch (_form.Encoding)
        {
            case ColumnEncoding.Runs:
                return WriteRuns(layout, bits, payload, ref position);
            case ColumnEncoding.Sparse:
                return WriteSparse(layout, bits, payload, ref position);
            case ColumnEncoding.Narrow:
                layout = layout with { Values = ChunkParts.Take(payload, (long)_rows * _form.Width, ref position, out var codes) };
                NarrowValues.Pack(_column!.Type, bits, _form.Base, _form.Width, codes);
                return layout;
            default:
                layout = layout with { Values = ChunkParts.Take(payload, (long)_form.Count * _form.Width, ref position, out var values) };
                bits[..values.Length].CopyTo(values);
                return layout;
        }
    }

    private ChunkLayout WriteRuns(ChunkLayout layout, ReadOnlySpan<byte> bits, Span<byte> payload, ref int position)
    {
        var valuesAt = ChunkParts.Take(payload, (long)_form.Count * _form.Width, ref position, out var values);
        var endsAt = ChunkParts.Take(payload, (long)_form.Count * sizeof(int), ref position, out var ends);
        switch (_form.Width)
        {
            case sizeof(byte):
                RunValues.Pack(bits, values, MemoryMarshal.Cast<byte, int>(ends));
                break;
            case sizeof(int):
                RunValues.Pack(MemoryMarshal.Cast<byte, int>(bits), MemoryMarshal.Cast<byte, int>(values), MemoryMarshal.Cast<byte, int>(ends));
                break;
            default:
                RunValues.Pack(MemoryMarshal.Cast<byte, long>(bits), MemoryMarshal.Cast<byte, long>(values), MemoryMarshal.Cast<byte, int>(ends));
                break;
        }

        return layout with { Values = valuesAt, RunEnds = endsAt };
    }

    private ChunkLayout WriteSparse(ChunkLayout layout, ReadOnlySpan<byte> bits, Span<byte> payload, ref int position)
    {
        var presentAt = ChunkParts.Take(payload, Bitmap.Bytes(_rows), ref position, out var present);
        var valuesAt = ChunkParts.Take(payload, (long)_form.Count * _form.Width, ref position, out var values);
        if (_form.Width == sizeof(int))
        {
            SparseValues.Pack(MemoryMarshal.Cast<byte, int>(bits), present, MemoryMarshal.Cast<byte, int>(values));
        }
        else
        {
            SparseValues.Pack(MemoryMarshal.Cast<byte, long>(bits), present, MemoryMarshal.Cast<byte, long>(values));
        }

        return layout with { Values = valuesAt, Present = presentAt };
    }
}
