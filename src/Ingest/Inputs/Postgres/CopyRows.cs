using System.Buffers.Binary;

namespace FeatureService.Ingest.Inputs.Postgres;

/// <summary>Whole rows as <c>copy ... (format binary)</c> sends them.</summary>
/// <param name="Bytes">The rows: a number of fields of two bytes, and for each field four bytes of length, -1 for null, and its value.</param>
/// <param name="RowCount">Number of rows.</param>
internal sealed record CopyBlock(ReadOnlyMemory<byte> Bytes, int RowCount);

/// <summary>Cuts what <c>copy ... (format binary)</c> sends between rows; numbers are big-endian.</summary>
/// <param name="stream">The stream from its start.</param>
/// <param name="fieldCount">Number of fields in each row.</param>
internal sealed class CopyRows(Stream stream, int fieldCount)
{
    private const int BlockBytes = 1 << 21;
    private const int HeaderBytes = 19;

    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(BlockBytes);
    private int _filled;
    private int _start = -1;
    private bool _isAtEnd;

    /// <summary>The next rows; null behind the last.</summary>
    /// <exception cref="IOException">The stream is not in the format, or ends within a row.</exception>
    public CopyBlock? Next()
    {
        while (!_isAtEnd)
        {
            var isLast = Fill();
            _start = _start < 0 ? HeaderEnd() : _start;
            var (end, rows) = WholeRows();
            if (rows > 0)
            {
                return Cut(end, rows);
            }

            if (_isAtEnd)
            {
                return null;
            }

            if (isLast)
            {
                throw new IOException("the rows end within one");
            }

            // One row is larger than the buffer.
            Array.Resize(ref _buffer, (int)Math.Min(Array.MaxLength, _buffer.Length * 2L));
        }

        return null;
    }

    /// <summary>Reads until the buffer is full.</summary>
    /// <returns>Whether the stream has ended.</returns>
    private bool Fill()
    {
        while (_filled < _buffer.Length)
        {
            var read = stream.Read(_buffer, _filled, _buffer.Length - _filled);
            if (read == 0)
            {
                return true;
            }

            _filled += read;
        }

        return false;
    }

    /// <summary>A signature of eleven bytes, four of flags, and an extension with its length.</summary>
    private int HeaderEnd()
    {
        var header = _buffer.AsSpan(0, _filled);
        if (header.Length < HeaderBytes || !header.StartsWith("PGCOPY\n"u8))
        {
            throw new IOException("the rows do not begin as copy's binary format does");
        }

        return HeaderBytes + BinaryPrimitives.ReadInt32BigEndian(header[15..]);
    }

    private (int End, int Rows) WholeRows()
    {
        var bytes = _buffer.AsSpan(0, _filled);
        var (at, rows) = (_start, 0);
        while (at + sizeof(short) <= bytes.Length)
        {
            var fields = BinaryPrimitives.ReadInt16BigEndian(bytes[at..]);
            if (fields < 0)
            {
                _isAtEnd = true;
                break;
            }

            if (fields != fieldCount)
            {
                throw new IOException($"a row has {fields} fields, not {fieldCount}");
            }

            if (EndOfRow(bytes, at + sizeof(short)) is not { } end)
            {
                break;
            }

            (at, rows) = (end, rows + 1);
        }

        return (at, rows);
    }

    private int? EndOfRow(ReadOnlySpan<byte> bytes, int at)
    {
        for (var field = 0; field < fieldCount; field++)
        {
            if (at + sizeof(int) > bytes.Length)
            {
                return null;
            }

            var length = Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(bytes[at..]));
            if (length > bytes.Length - at - sizeof(int))
            {
                return null;
            }

            at += sizeof(int) + length;
        }

        return at;
    }

    /// <summary>The block keeps the buffer; what stands behind it begins the next one.</summary>
    private CopyBlock Cut(int end, int rows)
    {
        var block = new CopyBlock(_buffer.AsMemory(_start, end - _start), rows);
        var rest = _buffer.AsSpan(end, _filled - end);
        var next = GC.AllocateUninitializedArray<byte>(Math.Max(BlockBytes, (int)Math.Min(Array.MaxLength, rest.Length * 2L)));
        rest.CopyTo(next);
        (_buffer, _filled, _start) = (next, rest.Length, 0);
        return block;
    }
}
