using System.Collections.Concurrent;
using System.Numerics;

namespace FeatureService.Engine.Execution;

/// <summary>
/// Memory of an output column, kept for the next block when it is given back. An array that never moves: one that is forgotten costs
/// a collection and no leak.
/// </summary>
internal sealed unsafe class PinnedBuffer
{
    private const int AlignmentBytes = 64;
    private const int SizeMin = 4096;

    // Blocks that wait to be sent hold buffers, released ones are few: what is kept is a small part of what a service may use.
    private const long KeptBytesMax = 256L << 20;

    // Stacks have no lock: threads that give back must not wait for one that takes, which the system may have stopped.
    private static readonly ConcurrentStack<PinnedBuffer>[] Kept = [.. Enumerable.Range(0, 32).Select(_ => new ConcurrentStack<PinnedBuffer>())];
    private static long _keptBytes;

    private readonly byte[] _bytes;
    private readonly int _offset;
    private readonly int _size;

    private PinnedBuffer(int size)
    {
        _size = size;
        _bytes = GC.AllocateUninitializedArray<byte>(size + AlignmentBytes, pinned: true);
        fixed (byte* start = _bytes)
        {
            _offset = (int)(-(nint)start & (AlignmentBytes - 1));
            Start = start + _offset;
        }
    }

    /// <summary>The first byte, at a multiple of 64.</summary>
    public byte* Start { get; }

    /// <summary>All bytes.</summary>
    public Memory<byte> Memory => _bytes.AsMemory(_offset, _size);

    /// <summary>A buffer of at least so many bytes, not cleared.</summary>
    public static PinnedBuffer Rent(long bytes)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(checked((int)bytes), SizeMin));
        if (Kept[BitOperations.Log2((uint)size)].TryPop(out var buffer))
        {
            Interlocked.Add(ref _keptBytes, -size);
            return buffer;
        }

        return new PinnedBuffer(size);
    }

    /// <summary>Gives the buffer back; its memory must not be used any more.</summary>
    public void Return()
    {
        if (Interlocked.Add(ref _keptBytes, _size) <= KeptBytesMax)
        {
            Kept[BitOperations.Log2((uint)_size)].Push(this);
        }
        else
        {
            Interlocked.Add(ref _keptBytes, -_size);
        }
    }
}
