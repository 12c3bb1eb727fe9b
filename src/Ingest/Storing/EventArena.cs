using System.Runtime.InteropServices;

namespace FeatureService.Ingest.Storing;

/// <summary>
/// Memory for events, given out piece by piece and taken back as a whole. It lies outside the collector's heap: blocks are large, live
/// until everything is written or spilled, and are then used again, so that nothing is garbage.
/// </summary>
/// <param name="budget">Told what is in use.</param>
internal sealed unsafe class EventArena(MemoryBudget budget) : IDisposable
{
    private const int BlockBytes = 32 << 20;
    private const int Alignment = 64;

    private readonly List<(nint Start, long Bytes)> _blocks = [];
    private int _block = -1;
    private long _filled;

    /// <summary>Bytes given out since the last <see cref="Reset"/>.</summary>
    public long UsedBytes { get; private set; }

    /// <summary>Bytes that the process holds of it, given out or not.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>Gives out memory, whatever was in it before.</summary>
    /// <param name="bytes">How many.</param>
    public byte* Allocate(long bytes)
    {
        bytes = (bytes + Alignment - 1) / Alignment * Alignment;
        while (_block < 0 || _filled + bytes > _blocks[_block].Bytes)
        {
            _filled = 0;
            if (++_block == _blocks.Count)
            {
                var size = Math.Max(BlockBytes, bytes);
                // In pages of 4 KiB: the system took twice the time to clear huge ones [measured in a virtual machine].
                _blocks.Add(((nint)NativeMemory.AlignedAlloc((nuint)size, Alignment), size));
            }
        }

        var start = _blocks[_block].Start + (nint)_filled;
        _filled += bytes;
        UsedBytes += bytes;
        if (UsedBytes > HeldBytes)
        {
            // What was touched once stays with the process until it is trimmed.
            budget.Hold(UsedBytes - HeldBytes);
            HeldBytes = UsedBytes;
        }

        return (byte*)start;
    }

    /// <summary>Takes everything back, to be given out again.</summary>
    public void Reset() => (_block, _filled, UsedBytes) = (-1, 0, 0);

    /// <summary>Gives to the system what is not given out.</summary>
    public void Trim()
    {
        for (var i = _block + 1; i < _blocks.Count; i++)
        {
            NativeMemory.AlignedFree((void*)_blocks[i].Start);
        }

        _blocks.RemoveRange(_block + 1, _blocks.Count - _block - 1);
        var held = Math.Min(HeldBytes, _blocks.Sum(block => block.Bytes));
        budget.Hold(held - HeldBytes);
        HeldBytes = held;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Reset();
        Trim();
    }
}
