using System.Buffers;

namespace FeatureService.Pipeline.Finishing;

/// <summary>A column of a block, finished for a file. Its memory is the pool's, until it is disposed.</summary>
internal sealed class FinishedChunk : IDisposable
{
    private byte[]? _bytes;

    /// <summary>Takes over what was made.</summary>
    /// <param name="bytes">The chunk's bytes; they are copied.</param>
    /// <param name="description">How a file's index describes them.</param>
    public FinishedChunk(ReadOnlySpan<byte> bytes, byte[] description)
    {
        _bytes = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(_bytes);
        Length = bytes.Length;
        Description = description;
    }

    /// <summary>Number of bytes.</summary>
    public int Length { get; }

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    /// <summary>How a file's index describes them.</summary>
    public byte[] Description { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _bytes, null) is { } bytes)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
