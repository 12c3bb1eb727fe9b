using System.Text;
using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;

namespace FeatureService.Client.Datasets;

/// <summary>Writes rows as CSV, value by value into one buffer.</summary>
/// <param name="output">Where they go; it stays open.</param>
public sealed class CsvWriter(Stream output) : IPartWriter
{
    /// <summary>Longest form of any value but a text.</summary>
    private const int ValueBytesMax = 40;

    private readonly byte[] _buffer = new byte[64 << 10];
    private int _used;

    /// <summary>Writes the columns' names.</summary>
    /// <param name="columns">The columns.</param>
    public void WriteHeader(IReadOnlyList<DatasetColumn> columns)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            WriteText(Encoding.UTF8.GetBytes(columns[i].Name));
            WriteByte(i + 1 < columns.Count ? (byte)',' : (byte)'\n');
        }
    }

    /// <inheritdoc/>
    public void Write(FeatureBatch batch)
    {
        var columns = new Column[batch.ColumnCount];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = batch[i];
        }

        WriteRows(columns, batch.RowCount);
    }

    /// <summary>Writes rows.</summary>
    /// <param name="columns">The columns, in order.</param>
    /// <param name="rowCount">Number of rows.</param>
    public void WriteRows(IReadOnlyList<Column> columns, int rowCount)
    {
        for (var row = 0; row < rowCount; row++)
        {
            for (var i = 0; i < columns.Count; i++)
            {
                if (columns[i].IsValid(row))
                {
                    WriteValue(columns[i], row);
                }

                WriteByte(i + 1 < columns.Count ? (byte)',' : (byte)'\n');
            }
        }
    }

    /// <inheritdoc/>
    public void Complete() => Flush();

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held: an unfinished file stays as it is.
    }

    private void WriteValue(Column column, int row)
    {
        if (column.Type == ColumnType.String)
        {
            WriteText(column.Utf8(row));
            return;
        }

        Reserve(ValueBytesMax);
        _used += CsvValues.Format(column, row, _buffer.AsSpan(_used));
    }

    private void WriteText(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > 0 && utf8.IndexOfAny(",\"\n\r"u8) < 0)
        {
            WriteBytes(utf8);
            return;
        }

        WriteByte((byte)'"');
        int quote;
        while ((quote = utf8.IndexOf((byte)'"')) >= 0)
        {
            WriteBytes(utf8[..(quote + 1)]);
            WriteByte((byte)'"');
            utf8 = utf8[(quote + 1)..];
        }

        WriteBytes(utf8);
        WriteByte((byte)'"');
    }

    private void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length)
        {
            Flush();
            output.Write(bytes);
            return;
        }

        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
    }

    private void WriteByte(byte value)
    {
        Reserve(1);
        _buffer[_used++] = value;
    }

    private void Reserve(int bytes)
    {
        if (_used + bytes > _buffer.Length)
        {
            Flush();
        }
    }

    private void Flush()
    {
        output.Write(_buffer.AsSpan(0, _used));
        _used = 0;
    }
}
