using System.Buffers;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace FeatureService.Client.Datasets;

/// <summary>Writes a file front to back and hashes it on the way.</summary>
/// <param name="path">The file; it must not exist.</param>
internal sealed class HashingStream(string path) : Stream
{
    /// <summary>
    /// Bytes that are hashed at a time. In a new process the hash is slow until its loop has run long enough in one call to be replaced
    /// by better code, which happens 64 KiB into each.
    /// </summary>
    private const int ReadBytes = 1 << 20;

    private readonly FileStream _file = new(path, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        Share = FileShare.Read,
        BufferSize = 0,
    });

    private readonly XxHash128 _hash = new();
    private long _length;

    /// <summary>XXH3-128 of what was written, 32 hexadecimal digits.</summary>
    public string Checksum => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => _length;

    /// <inheritdoc/>
    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    /// <summary>Checksum of a file.</summary>
    /// <param name="path">The file.</param>
    public static string ChecksumOf(string path)
    {
        using var file = File.OpenRead(path);
        return ChecksumOf(file.SafeFileHandle, CancellationToken.None);
    }

    /// <summary>Checksum of an open file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static string ChecksumOf(SafeFileHandle file, CancellationToken cancellation)
    {
        var hash = new XxHash128();
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        try
        {
            int read;
            for (var position = 0L; (read = RandomAccess.Read(file, buffer, position)) > 0; position += read)
            {
                cancellation.ThrowIfCancellationRequested();
                hash.Append(buffer.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Waits until the bytes are on the disk.</summary>
    public void Sync() => _file.Flush(flushToDisk: true);

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            _file.Write(buffer);
        }
        catch (ArgumentOutOfRangeException tooLarge)
        {
            // What the runtime makes of EFBIG.
            throw new IOException($"{_file.Name}: larger than the disk or a limit allows", tooLarge);
        }

        _hash.Append(buffer);
        _length += buffer.Length;
    }

    /// <inheritdoc/>
    public override void Flush() => _file.Flush();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }
}
