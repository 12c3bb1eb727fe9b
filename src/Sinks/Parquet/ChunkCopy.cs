using System.Buffers;
using FeatureService.Parquet;

namespace FeatureService.Sinks.Parquet;

/// <summary>Copies column chunks one behind the other, so many bytes at a time whatever the chunks' sizes.</summary>
/// <param name="output">Where they go; it stays open.</param>
/// <param name="cancellation">Ends the work.</param>
internal sealed class ChunkCopy(Stream output, CancellationToken cancellation) : IDisposable
{
    private const int BufferBytes = 1 << 20;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _used;

    /// <summary>Bytes so far.</summary>
    public long Position { get; private set; }

    /// <summary>Writes a few bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
        Position += bytes.Length;
    }

    /// <summary>Writes a chunk's bytes.</summary>
    /// <exception cref="InvalidDataException">The file is shorter than its footer says.</exception>
    public void Write(ParquetFile file, ParquetChunk chunk)
    {
        for (var done = 0L; done < chunk.Length;)
        {
            cancellation.ThrowIfCancellationRequested();
            if (_used == _buffer.Length)
            {
                Flush();
            }

            var room = _buffer.AsSpan(_used, (int)Math.Min(chunk.Length - done, _buffer.Length - _used));
            var read = RandomAccess.Read(file.Handle, room, chunk.Start + done);
            if (read == 0)
            {
                throw new InvalidDataException($"{file.Name}: it became shorter while it was read");
            }

            _used += read;
            done += read;
            Position += read;
        }
    }

    /// <summary>Writes what is held.</summary>
    public void Flush()
    {
        output.Write(_buffer.AsSpan(0, _used));
        _used = 0;
    }

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
}
