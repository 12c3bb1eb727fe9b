namespace FeatureService.Engine.Execution;

/// <summary>Bytes of a block, at a multiple of 64.</summary>
/// <param name="start">The first byte.</param>
/// <param name="memory">All bytes.</param>
internal readonly unsafe struct BlockBytes(byte* start, Memory<byte> memory)
{
    /// <summary>The first byte.</summary>
    public byte* Start => start;

    /// <summary>All bytes.</summary>
    public Memory<byte> Memory => memory;
}

/// <summary>
/// The memory of a block's columns, taken before tasks begin or after they have ended. Short columns share buffers: a block of one row and
/// twenty columns would rent fifty of them, which takes as long as to compute it.
/// </summary>
internal sealed unsafe class BlockMemory
{
    private const int AlignmentBytes = 64;
    private const int SharedBytesMax = 1 << 10;
    private const int SharedBufferBytes = 1 << 13;

    private readonly List<PinnedBuffer> _rented = [];
    private PinnedBuffer? _shared;
    private int _sharedUsed;

    /// <summary>Memory for so many bytes, not cleared.</summary>
    public BlockBytes Take(long bytes)
    {
        if (bytes > SharedBytesMax)
        {
            var own = Rent(bytes);
            return new BlockBytes(own.Start, own.Memory[..checked((int)bytes)]);
        }

        if (_shared is null || _sharedUsed + bytes > SharedBufferBytes)
        {
            (_shared, _sharedUsed) = (Rent(SharedBufferBytes), 0);
        }

        var taken = new BlockBytes(_shared.Start + _sharedUsed, _shared.Memory.Slice(_sharedUsed, (int)bytes));
        _sharedUsed += ((int)bytes + AlignmentBytes - 1) & -AlignmentBytes;
        return taken;
    }

    /// <summary>Gives all of it back; it must not be used any more.</summary>
    public void Return()
    {
        _rented.ForEach(buffer => buffer.Return());
        _rented.Clear();
        _shared = null;
    }

    private PinnedBuffer Rent(long bytes)
    {
        var buffer = PinnedBuffer.Rent(bytes);
        _rented.Add(buffer);
        return buffer;
    }
}
