using FeatureService.Engine.Snapshots;

namespace FeatureService.Ingest.Writing;

/// <summary>Writes a file once, from its start, and takes the checksum of each block on the way.</summary>
/// <param name="file">The file; the caller closes it.</param>
internal sealed class ChecksumStream(FileStream file) : Stream
{
    // Blocks that are hashed and written together: they are in the processor's cache for both.
    private const int BytesAtOnce = 4 * Checksums.BlockBytes;

    private readonly byte[] _block = new byte[Checksums.BlockBytes];
    private readonly List<byte> _checksums = [];
    private int _filled;
    private long _length;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => _length;

    /// <inheritdoc/>
    public override long Position { get => _length; set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _length += buffer.Length;
        while (!buffer.IsEmpty)
        {
            if (_filled == 0 && buffer.Length >= _block.Length)
            {
                // Whole blocks need not be gathered.
                var blocks = buffer[..Math.Min(BytesAtOnce, buffer.Length / _block.Length * _block.Length)];
                WriteBlocks(blocks);
                buffer = buffer[blocks.Length..];
                continue;
            }

            var part = buffer[..Math.Min(buffer.Length, _block.Length - _filled)];
            part.CopyTo(_block.AsSpan(_filled));
            _filled += part.Length;
            buffer = buffer[part.Length..];
            if (_filled == _block.Length)
            {
                EndBlock();
            }
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Writes the last block.</summary>
    /// <returns>The checksums of all blocks.</returns>
    public byte[] Finish()
    {
        if (_filled > 0)
        {
            EndBlock();
        }

        return [.. _checksums];
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    private void EndBlock()
    {
        WriteBlocks(_block.AsSpan(0, _filled));
        _filled = 0;
    }

    private void WriteBlocks(ReadOnlySpan<byte> blocks)
    {
        Span<byte> checksum = stackalloc byte[Checksums.ChecksumBytes];
        for (var start = 0; start < blocks.Length; start += Checksums.BlockBytes)
        {
            Checksums.Write(blocks.Slice(start, Math.Min(Checksums.BlockBytes, blocks.Length - start)), checksum);
            _checksums.AddRange(checksum);
        }

        FileWrites.Append(file, blocks);
    }
}
