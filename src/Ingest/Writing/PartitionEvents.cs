using System.Runtime.InteropServices;
using FeatureService.Core.Keys;
using FeatureService.Ingest.Storing;

namespace FeatureService.Ingest.Writing;

/// <summary>The events of one source in one partition, in the order of the input within each entity.</summary>
internal sealed class PartitionEvents
{
    /// <summary>Values that are read from a file at once.</summary>
    public const int BatchValues = 1 << 15;

    private readonly EventLayout _layout;
    private readonly List<(EventRun Run, int Start, int Count)> _parts;
    private readonly Memory<byte> _scratch;

    /// <summary>Events of a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="placement">How many partitions there are.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="scratch">Room for a batch of values of 8 bytes.</param>
    public PartitionEvents(EventStore store, Placement placement, int partition, Memory<byte> scratch)
    {
        _layout = store.Layout;
        _parts = store.Parts(placement, partition);
        _scratch = scratch;
        Count = _parts.Sum(part => part.Count);
    }

    /// <summary>Number of events.</summary>
    public int Count { get; }

    /// <summary>Whether some run has a field.</summary>
    public bool Has(int field) => field >= 0 && _parts.Exists(part => part.Run.Has(field));

    /// <summary>Copies a field.</summary>
    /// <param name="field">The field.</param>
    /// <param name="values">Filled with each event's value.</param>
    /// <typeparam name="T">A type of the field's width.</typeparam>
    public void Copy<T>(int field, Span<T> values)
        where T : unmanaged
    {
        var first = 0;
        foreach (var (run, start, count) in _parts)
        {
            for (var done = 0; done < count;)
            {
                var batch = Read<T>(run, field, start + done, Math.Min(count - done, BatchValues));
                batch.CopyTo(values[first..]);
                (done, first) = (done + batch.Length, first + batch.Length);
            }
        }
    }

    /// <summary>Puts the values of a field where they belong.</summary>
    /// <param name="field">The field; one that says which values are there may be absent from a run: all are.</param>
    /// <param name="places">Each event's place.</param>
    /// <param name="sorted">Filled with the values by place.</param>
    /// <typeparam name="T">A type of the field's width.</typeparam>
    public void Scatter<T>(int field, ReadOnlySpan<int> places, Span<T> sorted)
        where T : unmanaged
    {
        foreach (var (run, start, count) in _parts)
        {
            for (var done = 0; done < count;)
            {
                var batch = Read<T>(run, field, start + done, Math.Min(count - done, BatchValues));
                var to = places[..batch.Length];
                for (var i = 0; i < to.Length; i++)
                {
                    sorted[to[i]] = batch[i];
                }

                done += batch.Length;
                places = places[batch.Length..];
            }
        }
    }

    private ReadOnlySpan<T> Read<T>(EventRun run, int field, int start, int count)
        where T : unmanaged
    {
        var width = _layout.Widths[field];
        if (run.Has(field))
        {
            return MemoryMarshal.Cast<byte, T>(run.Read(field, width, start, count, _scratch.Span));
        }

        var all = _scratch.Span[..(count * width)];
        all.Fill(1);
        return MemoryMarshal.Cast<byte, T>(all);
    }
}
