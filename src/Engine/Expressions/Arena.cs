using System.Runtime.InteropServices;

namespace FeatureService.Engine.Expressions;

/// <summary>
/// Native memory that is taken piece by piece and given back as a whole. Every piece starts at a multiple of 64 bytes and has room
/// for two vectors behind its end, so that loops may run in whole vectors.
/// </summary>
internal sealed unsafe class Arena : IDisposable
{
    private const int VectorBytes = 64;
    private const long ChunkBytesMin = 1 << 20;

    // More than this stays with no worker between tasks: only an entity with millions of events takes it.
    private const long KeptBytesMax = 64 << 20;

    private readonly List<(nint Start, long Bytes)> _chunks = [];
    private int _chunk;
    private long _used;

    ~Arena() => Free(0);

    /// <summary>A place to go back to.</summary>
    public readonly record struct Place(int Chunk, long Used);

    /// <summary>What is taken from now on is given back by <see cref="Release"/>.</summary>
    public Place Mark() => new(_chunk, _used);

    /// <summary>Gives back what was taken since a mark.</summary>
    public void Release(Place place) => (_chunk, _used) = (place.Chunk, place.Used);

    /// <summary>Gives everything back, and memory that only a giant needed to the system.</summary>
    public void Reset()
    {
        long kept = 0;
        var index = 0;
        while (index < _chunks.Count && (kept += _chunks[index].Bytes) <= KeptBytesMax)
        {
            index++;
        }

        Free(index);
        (_chunk, _used) = (0, 0);
    }

    /// <summary>Room for values, not cleared.</summary>
    public T* Take<T>(long count)
        where T : unmanaged
    {
        var bytes = ((count * sizeof(T)) + (3 * VectorBytes) - 1) & -VectorBytes;
        while (_chunk < _chunks.Count && _used + bytes > _chunks[_chunk].Bytes)
        {
            _chunk++;
            _used = 0;
        }

        if (_chunk == _chunks.Count)
        {
            var size = Math.Max(bytes, ChunkBytesMin);
            _chunks.Add(((nint)NativeMemory.AlignedAlloc((nuint)size, VectorBytes), size));
        }

        var start = (byte*)_chunks[_chunk].Start + _used;
        _used += bytes;
        return (T*)start;
    }

    /// <summary>Room for values, all zero.</summary>
    public T* TakeCleared<T>(long count)
        where T : unmanaged
    {
        var start = Take<T>(count);
        NativeMemory.Clear(start, (nuint)(count * sizeof(T)));
        return start;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free(0);
        GC.SuppressFinalize(this);
    }

    private void Free(int from)
    {
        for (var i = _chunks.Count - 1; i >= from; i--)
        {
            NativeMemory.AlignedFree((void*)_chunks[i].Start);
            _chunks.RemoveAt(i);
        }
    }
}
