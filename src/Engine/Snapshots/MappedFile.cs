using System.Buffers;
using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;

namespace FeatureService.Engine.Snapshots;

/// <summary>
/// A file mapped for reading. It stays mapped as long as anything refers to it: memory taken from it can never outlive the map, and
/// nobody has to say when the last reader is done.
/// </summary>
internal sealed unsafe class MappedFile
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;

    /// <summary>Maps a file of 1 byte to 2 GiB.</summary>
    /// <param name="path">The file.</param>
    /// <param name="length">Its length.</param>
    public MappedFile(string path, long length)
    {
        Length = checked((int)length);
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    // A plain finaliser runs before the critical one of the view's handle, which unmaps once the pointer is given back.
    ~MappedFile()
    {
        if (_start is not null)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
        }

        _file?.Dispose();
    }

    /// <summary>Bytes of the file.</summary>
    public int Length { get; }

    /// <summary>The whole file; the caller keeps this object alive.</summary>
    public ReadOnlySpan<byte> Bytes => new(_start, Length);

    /// <summary>A buffer of the file as values; empty where the place is.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="place">Where the buffer lies.</param>
    public ReadOnlyMemory<T> Memory<T>(BufferPlace place)
        where T : unmanaged => place.Length == 0
            ? default
            : new Buffer<T>(this, (T*)(_start + place.Offset), (int)(place.Length / Unsafe.SizeOf<T>())).Memory;

    private sealed class Buffer<T>(MappedFile owner, T* start, int count) : MemoryManager<T>
        where T : unmanaged
    {
        public override Span<T> GetSpan() => new(start, count);

        public override MemoryHandle Pin(int elementIndex = 0) => new(start + elementIndex, pinnable: this);

        public override void Unpin() => GC.KeepAlive(owner);

        protected override void Dispose(bool disposing)
        {
        }
    }
}
