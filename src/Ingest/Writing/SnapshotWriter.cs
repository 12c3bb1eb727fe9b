using System.Globalization;
using FeatureService.Core.Calendar;
using FeatureService.Engine.Snapshots;
using FeatureService.Ingest.Loading;
using FeatureService.Ingest.Storing;

namespace FeatureService.Ingest.Writing;

/// <summary>Sorts and writes all sources: a segment for each partition that has events of a source, and the digests.</summary>
/// <param name="folder">Where segments go.</param>
/// <param name="entityName">Name of the entity.</param>
/// <param name="order">The entities in order.</param>
/// <param name="calendar">The catalog's weeks.</param>
/// <param name="progress">Told the partitions written.</param>
internal sealed class SnapshotWriter(
    string folder, string entityName, EntityOrder order, WeekCalendar calendar, IProgress<BuildProgress>? progress)
{
    private int Partitions => order.Placement.Partitions;

    /// <summary>Sorts and writes the sources.</summary>
    /// <param name="sources">The sources.</param>
    /// <param name="stores">Their events.</param>
    /// <param name="cancellation">Ends the writing.</param>
    /// <exception cref="MemoryException">A partition does not fit in memory.</exception>
    /// <exception cref="IOException">The disk is full or cannot be written.</exception>
    public (SegmentEntry[] Segments, DigestEntry Digests)[] Write(
        IReadOnlyList<LoadedSource> sources, EventStores stores, CancellationToken cancellation)
    {
        var tables = new SourceTables[sources.Count];
        for (var s = 0; s < tables.Length; s++)
        {
            progress?.Report(new BuildProgress(BuildStage.Sorting, sources[s].Schema.Source.Name, 0, sources[s].Report.EventCount));
            tables[s] = SourceTables.Of(sources[s], calendar, order.Placement);
        }

        stores.HoldTables(stores.TableBytes + order.Bytes + tables.Sum(table => table.Bytes));
        var threads = Threads(sources, tables, stores, out var bytesPerThread);
        stores.Budget.Hold(threads * bytesPerThread);
        var written = new Written?[sources.Count, Partitions];
        var done = new int[sources.Count];
        var sorters = new Stack<PartitionSorter>(Enumerable.Range(0, threads).Select(_ => new PartitionSorter(order)));
        using (var syncs = new FileSyncs())
        {
            Concurrently.Run(sources.Count * Partitions, threads, task =>
            {
                cancellation.ThrowIfCancellationRequested();
                var (s, partition) = (task / Partitions, task % Partitions);
                if (sources[s].Events.CountOf(order.Placement, partition) > 0)
                {
                    written[s, partition] = Write(sorters, sources[s], tables[s], (partition, s), syncs);
                }

                progress?.Report(new BuildProgress(BuildStage.Writing, sources[s].Schema.Source.Name, Interlocked.Increment(ref done[s]), Partitions));
            });
            syncs.Finish();
        }

        stores.Budget.Hold(-threads * bytesPerThread);
        return [.. sources.Select((_, s) => Joined([.. Enumerable.Range(0, Partitions).Select(partition => written[s, partition])]))];
    }

    /// <summary>As many threads as there are processors, or as fit in memory; events in memory make room for them.</summary>
    private int Threads(IReadOnlyList<LoadedSource> sources, SourceTables[] tables, EventStores stores, out long bytesPerThread)
    {
        var slices = order.Placement.SlicesPerPartition;
        var entitiesMax = Enumerable.Range(0, Partitions).Max(partition => order.SliceStarts[(partition + 1) * slices] - order.SliceStarts[partition * slices]);
        var bytes = sources.Select((source, s) => PartitionSorter.BytesFor(source, tables[s].EventsMax, entitiesMax)).DefaultIfEmpty().Max();
        bytesPerThread = bytes;
        stores.LeaveFree(bytes * Environment.ProcessorCount);
        return stores.FreeBytes >= bytes
            ? (int)Math.Min(Environment.ProcessorCount, stores.FreeBytes / Math.Max(1, bytes))
            : throw stores.Budget.TooSmall(
                stores.Budget.Limit - stores.FreeBytes + bytes, "the largest partition while it is sorted, and the tables of entities and texts");
    }

    private Written Write(Stack<PartitionSorter> sorters, LoadedSource source, SourceTables tables, (int Partition, int Source) place, FileSyncs syncs)
    {
        PartitionSorter sorter;
        lock (sorters)
        {
            sorter = sorters.Pop();
        }

        var data = sorter.Sort(source, tables, place.Partition);
        var file = string.Create(CultureInfo.InvariantCulture, $"{place.Source:D2}-{place.Partition:D4}.arrow");
        var segment = SegmentWriter.Write(Path.Combine(folder, file), file, entityName, source.Schema.Source, place, data, syncs);
        var digests = PartitionDigests.Of(data);
        lock (sorters)
        {
            sorters.Push(sorter);
        }

        return new Written(segment, digests);
    }

    private (SegmentEntry[] Segments, DigestEntry Digests) Joined(Written?[] partitions) => (
        [.. partitions.OfType<Written>().Select(written => written.Segment)],
        PartitionDigests.Join([.. partitions.Select(written => written?.Digests)], order.Placement.SlicesPerPartition));

    private sealed record Written(SegmentEntry Segment, PartitionDigests Digests);
}
