using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Tests.Support;

/// <summary>A snapshot that tells which slices were read, and may hold their readers.</summary>
internal sealed class GatedSnapshot(ISnapshot inner, bool isOpen) : ISnapshot, IDisposable
{
    private readonly HashSet<SliceId> _read = [];
    private readonly SemaphoreSlim _reading = new(0);
    private readonly ManualResetEventSlim _gate = new(isOpen);

    public string Id => inner.Id;

    public Catalog Catalog => inner.Catalog;

    public Placement Placement => inner.Placement;

    /// <summary>Known without reading, as of a snapshot in files.</summary>
    public long EventCount => inner.EventCount;

    /// <summary>Number of slices that were read.</summary>
    public int SlicesRead
    {
        get
        {
            lock (_read)
            {
                return _read.Count;
            }
        }
    }

    /// <summary>Whether a slice was read on a thread of the runtime's pool, which has requests to serve.</summary>
    public bool IsReadByPool { get; private set; }

    public int EntityCount(SliceId slice) => inner.EntityCount(slice);

    public long CompleteUntil(int source) => inner.CompleteUntil(source);

    public SliceData Slice(SliceId slice)
    {
        lock (_read)
        {
            if (_read.Add(slice))
            {
                _reading.Release();
            }
        }

        IsReadByPool |= Thread.CurrentThread.IsThreadPoolThread;
        _gate.Wait();
        return inner.Slice(slice);
    }

    /// <summary>Waits until one more slice is read.</summary>
    public Task NextReadAsync() => _reading.WaitAsync(TestContext.Current.CancellationToken);

    /// <summary>Lets readers go on.</summary>
    public void Open() => _gate.Set();

    public void Dispose()
    {
        _reading.Dispose();
        _gate.Dispose();
    }
}
