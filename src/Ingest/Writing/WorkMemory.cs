using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FeatureService.Ingest.Writing;

/// <summary>The memory in which one thread sorts partition after partition: a few large arrays that are used again.</summary>
internal sealed class WorkMemory
{
    private readonly Dictionary<int, byte[]> _arrays = [];

    /// <summary>An array, whatever was in it before.</summary>
    /// <param name="slot">Which; one slot has one array.</param>
    /// <param name="count">Number of values.</param>
    /// <param name="room">Number of values that later calls will ask for, at most.</param>
    /// <typeparam name="T">Their type.</typeparam>
    public Memory<byte> Bytes<T>(int slot, int count, int room)
        where T : unmanaged
    {
        var width = Unsafe.SizeOf<T>();
        if (!_arrays.TryGetValue(slot, out var array) || array.Length < (long)count * width)
        {
            // Where a source has larger values in the slot than the one before, only one of the arrays is kept.
            _arrays.Remove(slot);
            array = _arrays[slot] = GC.AllocateUninitializedArray<byte>(checked(Math.Max(count, room) * width));
        }

        return array.AsMemory(0, count * width);
    }

    /// <summary>An array as values, whatever was in it before.</summary>
    /// <inheritdoc cref="Bytes"/>
    public Span<T> Values<T>(int slot, int count, int room)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes<T>(slot, count, room).Span);
}
