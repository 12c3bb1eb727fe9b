using System.Runtime.InteropServices;
using FeatureService.Arrow;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;

namespace FeatureService.Sinks.Arrow;

/// <summary>One column of a record batch: the buffers that its chunks are decoded into, kept from batch to batch.</summary>
/// <param name="column">The column.</param>
internal sealed class ArrowColumn(DatasetColumn column)
{
    private readonly DecodeBuffer _chunk = new();
    private byte[] _validity = [];
    private byte[] _values = [];
    private int[] _offsets = [];
    private int _rows;
    private int _nulls;
    private int _bytes;

    /// <summary>Takes the rows of a batch in place of those before.</summary>
    /// <param name="chunks">Its chunks of the column.</param>
    /// <param name="rows">Number of rows.</param>
    /// <exception cref="InvalidDataException">The column has nulls and may not, or texts of more than 2 GiB.</exception>
    public void Fill(IReadOnlyList<EncodedColumn> chunks, int rows)
    {
        (_rows, _nulls, _bytes) = (0, 0, 0);
        Grow(ref _validity, Bitmap.Bytes(rows));
        switch (column.Type)
        {
            case ColumnType.String:
                Grow(ref _offsets, rows + 1);
                break;
            case ColumnType.Bool:
                Grow(ref _values, Bitmap.Bytes(rows));
                _values.AsSpan(0, Bitmap.Bytes(rows)).Clear();
                break;
            default:
                Grow(ref _values, rows * column.Type.Width());
                break;
        }

        foreach (var chunk in chunks)
        {
            Add(chunk.Decode(_chunk));
        }
    }

    /// <summary>Adds the buffers, which are good until the next <see cref="Fill"/>.</summary>
    /// <param name="batch">Where they go.</param>
    public void AddTo(ArrowBatch batch)
    {
        batch.Nodes.Add((_rows, _nulls));
        batch.Buffers.Add(_nulls == 0 ? default : _validity.AsMemory(0, Bitmap.Bytes(_rows)));
        if (column.Type == ColumnType.String)
        {
            batch.Buffers.Add(MemoryMarshal.AsBytes(_offsets.AsSpan(0, _rows + 1)).ToArray());
        }

        batch.Buffers.Add(_values.AsMemory(0, _bytes));
    }

    private void Add(Column run)
    {
        AddValidity(run);
        switch (column.Type)
        {
            case ColumnType.String:
                AddTexts(run);
                break;
            case ColumnType.Bool:
                AddBits(run.Data.Span[..run.Length]);
                break;
            default:
                run.Data.Span[..(run.Length * column.Type.Width())].CopyTo(_values.AsSpan(_bytes));
                _bytes += run.Length * column.Type.Width();
                break;
        }

        _rows += run.Length;
    }

    private void AddValidity(Column run)
    {
        if (run.NullCount > 0 && !column.Nullable)
        {
            throw new InvalidDataException($"column {column.Name} has nulls, which an entity, week or status never has");
        }

        if (_nulls == 0 && run.NullCount > 0)
        {
            SetOnes(_validity, 0, _rows);
        }

        if (run.NullCount > 0)
        {
            CopyBits(run.Validity.Span, run.Length);
        }
        else if (_nulls > 0)
        {
            SetOnes(_validity, _rows, run.Length);
        }

        _nulls += run.NullCount;
    }

    private void CopyBits(ReadOnlySpan<byte> bits, int count)
    {
        if ((_rows & 7) == 0)
        {
            bits[..Bitmap.Bytes(count)].CopyTo(_validity.AsSpan(_rows >> 3));
            return;
        }

        for (var i = 0; i < count; i++)
        {
            if (Bitmap.Get(bits, i))
            {
                Bitmap.Set(_validity, _rows + i);
            }
            else
            {
                Bitmap.Clear(_validity, _rows + i);
            }
        }
    }

    private static void SetOnes(Span<byte> bitmap, int first, int count)
    {
        var (at, end) = (first, first + count);
        for (; at < end && (at & 7) != 0; at++)
        {
            Bitmap.Set(bitmap, at);
        }

        var whole = (end - at) >> 3;
        bitmap.Slice(at >> 3, whole).Fill(0xFF);
        for (at += whole << 3; at < end; at++)
        {
            Bitmap.Set(bitmap, at);
        }
    }

    private void AddBits(ReadOnlySpan<byte> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] != 0)
            {
                Bitmap.Set(_values, _rows + i);
            }
        }

        _bytes = Bitmap.Bytes(_rows + values.Length);
    }

    private void AddTexts(Column run)
    {
        var offsets = MemoryMarshal.Cast<byte, int>(run.Offsets.Span);
        var length = offsets[run.Length] - offsets[0];
        if (_bytes > int.MaxValue - length)
        {
            throw new InvalidDataException($"column {column.Name}: the texts of {_rows + run.Length} rows take more than 2 GiB");
        }

        Grow(ref _values, _bytes + length);
        run.Data.Span.Slice(offsets[0], length).CopyTo(_values.AsSpan(_bytes));
        var shift = _bytes - offsets[0];
        for (var i = 0; i <= run.Length; i++)
        {
            _offsets[_rows + i] = offsets[i] + shift;
        }

        _bytes += length;
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            Array.Resize(ref array, (int)Math.Min(Math.Max(length, array.Length * 2L), Array.MaxLength));
        }
    }
}
