using System.Buffers;
using FeatureService.Core.Keys;
using FeatureService.Ingest.Inputs;
using FeatureService.Ingest.Loading;

namespace FeatureService.Ingest.Storing;

/// <summary>The events of one source in the order of the input, run after run: in memory, and in a file where they did not fit.</summary>
internal sealed class EventStore : IDisposable
{
    private readonly EventStores _stores;
    private readonly SpillFile _file;
    private readonly object _lock = new();
    private readonly List<EventRun> _runs = [];
    private readonly long[] _counts = new long[BucketIndex.Count];
    private int _next;
    private int _filling;
    private bool _isAbandoned;

    /// <summary>A store without events.</summary>
    /// <param name="stores">All stores of the build.</param>
    /// <param name="schema">The source.</param>
    /// <param name="path">The file for what does not fit.</param>
    public EventStore(EventStores stores, SourceSchema schema, string path)
    {
        _stores = stores;
        Layout = new EventLayout(schema.Source);
        _file = new SpillFile(path, Layout);
    }

    /// <summary>How events lie.</summary>
    public EventLayout Layout { get; }

    /// <summary>Bytes in the file.</summary>
    public long SpilledBytes => _file.Length;

    /// <summary>Adds a chunk once all before it are there; does nothing after <see cref="Abandon"/>.</summary>
    /// <param name="index">The chunk's place in the input.</param>
    /// <param name="rows">The chunk.</param>
    /// <param name="entities">The entity of each row that is taken.</param>
    /// <param name="buckets">Its bucket.</param>
    /// <param name="inTurn">Called in the order of the input.</param>
    /// <exception cref="MemoryException">The chunk does not fit.</exception>
    /// <exception cref="IOException">Events cannot be spilled.</exception>
    public void Append(int index, RowChunk rows, int[] entities, ReadOnlySpan<ushort> buckets, Action inTurn)
    {
        var places = ArrayPool<int>.Shared.Rent(buckets.Length);
        try
        {
            var sorted = BucketIndex.Sort(buckets, places);
            if (Register(index, rows, sorted, inTurn) is { } run)
            {
                try
                {
                    Fill(run, rows, entities, places.AsSpan(0, buckets.Length));
                }
                finally
                {
                    EndFilling();
                }
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(places);
        }
    }

    /// <summary>Lets nobody wait for a chunk that will not come.</summary>
    public void Abandon()
    {
        lock (_lock)
        {
            _isAbandoned = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Number of events of a partition.</summary>
    /// <param name="placement">How many partitions there are.</param>
    /// <param name="partition">The partition.</param>
    public long CountOf(Placement placement, int partition)
    {
        var sum = 0L;
        foreach (var count in _counts.AsSpan(BucketIndex.Of(placement, partition)))
        {
            sum += count;
        }

        return sum;
    }

    /// <summary>The runs that have events of a partition, with these.</summary>
    /// <param name="placement">How many partitions there are.</param>
    /// <param name="partition">The partition.</param>
    public List<(EventRun Run, int Start, int Count)> Parts(Placement placement, int partition)
    {
        var buckets = BucketIndex.Of(placement, partition);
        var parts = new List<(EventRun, int, int)>();
        foreach (var run in _runs)
        {
            var (start, count) = run.Index.Find(buckets);
            if (count > 0)
            {
                parts.Add((run, start, count));
            }
        }

        return parts;
    }

    /// <summary>Moves what is in memory to the file. Nobody may read or add meanwhile.</summary>
    public void Spill()
    {
        var first = _runs.FindIndex(run => run is MemoryRun);
        if (first < 0)
        {
            return;
        }

        MemoryRun[] runs = [.. _runs.Skip(first).Cast<MemoryRun>()];
        _stores.HoldIndex(-runs.Sum(run => run.Index.Bytes));
        _runs.RemoveRange(first, runs.Length);
        for (var start = 0; start < runs.Length;)
        {
            var (end, events) = (start, 0L);
            while (end < runs.Length && events + runs[end].Count <= int.MaxValue)
            {
                events += runs[end++].Count;
            }

            Add(_file.Write(runs[start..end]));
            start = end;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private MemoryRun? Register(int index, RowChunk rows, BucketIndex sorted, Action inTurn)
    {
        lock (_lock)
        {
            while (_next != index && !_isAbandoned)
            {
                Monitor.Wait(_lock);
            }

            if (_isAbandoned)
            {
                return null;
            }

            inTurn();
            MemoryRun? run = null;
            if (sorted.Starts[^1] > 0)
            {
                MakeRoom(rows, sorted);
                run = Allocate(rows, sorted);
                Add(run);
                CountBuckets(sorted);
                _filling++;
            }

            _next++;
            Monitor.PulseAll(_lock);
            return run;
        }
    }

    private void MakeRoom(RowChunk rows, BucketIndex sorted)
    {
        var bytes = sorted.Bytes + ((long)sorted.Starts[^1] * Layout.EventBytes);
        if (_stores.HasRoom(bytes, rows.Bytes))
        {
            return;
        }

        while (_filling > 0)
        {
            Monitor.Wait(_lock);
        }

        _stores.MakeRoom(bytes, rows.Bytes);
    }

    private unsafe MemoryRun Allocate(RowChunk rows, BucketIndex sorted)
    {
        var fields = new byte*[Layout.Widths.Length];
        for (var field = 0; field < fields.Length; field++)
        {
            var column = Layout.Valid.IndexOf(field);
            if (column < 0 || rows.Columns[column].Valid.Contains(false))
            {
                fields[field] = _stores.Arena.Allocate((long)sorted.Starts[^1] * Layout.Widths[field]);
            }
        }

        return new MemoryRun(sorted, fields);
    }

    private void Add(EventRun run)
    {
        _stores.HoldIndex(run.Index.Bytes);
        _runs.Add(run);
    }

    private void CountBuckets(BucketIndex sorted)
    {
        for (var i = 0; i < sorted.Buckets.Length; i++)
        {
            _counts[sorted.Buckets[i]] += sorted.Starts[i + 1] - sorted.Starts[i];
        }
    }

    private void Fill(MemoryRun run, RowChunk rows, int[] entities, ReadOnlySpan<int> places)
    {
        Scatter(entities, null, places, run.Values<int>(EventLayout.Entity));
        for (var i = 0; i < rows.Columns.Length; i++)
        {
            var (column, field) = (rows.Columns[i], Layout.Columns[i]);
            if (EventLayout.IsWide(column.Type))
            {
                Scatter(column.Wide, rows.Taken, places, run.Values<long>(field));
            }
            else
            {
                Scatter<int>(column.Narrow, rows.Taken, places, run.Values<int>(field));
            }

            if (Layout.Valid[i] >= 0 && run.Has(Layout.Valid[i]))
            {
                Scatter(column.Valid, rows.Taken, places, run.Values<bool>(Layout.Valid[i]));
            }
        }

        if (Layout.Time >= 0 && !Layout.Columns.Contains(Layout.Time))
        {
            Scatter(rows.Times, rows.Taken, places, run.Values<long>(Layout.Time));
        }

        if (Layout.Available >= 0)
        {
            Scatter(rows.Available, rows.Taken, places, run.Values<long>(Layout.Available));
        }
    }

    private void EndFilling()
    {
        lock (_lock)
        {
            _filling--;
            Monitor.PulseAll(_lock);
        }
    }

    private static void Scatter<T>(ReadOnlySpan<T> values, int[]? taken, ReadOnlySpan<int> places, Span<T> target)
    {
        if (taken is null)
        {
            for (var i = 0; i < places.Length; i++)
            {
                target[places[i]] = values[i];
            }

            return;
        }

        for (var i = 0; i < places.Length; i++)
        {
            target[places[i]] = values[taken[i]];
        }
    }
}
