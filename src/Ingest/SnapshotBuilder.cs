using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Snapshots;
using FeatureService.Ingest.Inputs.Postgres;
using FeatureService.Ingest.Loading;
using FeatureService.Ingest.Storing;
using FeatureService.Ingest.Writing;

namespace FeatureService.Ingest;

/// <summary>Builds snapshots: resolve types, read every source, place entities, sort, write, publish.</summary>
public static class SnapshotBuilder
{
    /// <summary>Builds a snapshot of a catalog's inputs and makes it the folder's current one; on failure the folder is as before.</summary>
    /// <param name="file">The catalog's file.</param>
    /// <param name="options">Where to and how.</param>
    /// <param name="progress">Told how far the build is, from any thread; null tells nobody.</param>
    /// <param name="cancellation">Ends the build.</param>
    /// <exception cref="InputException">The inputs are missing, damaged, or hold more bad rows than allowed.</exception>
    /// <exception cref="MemoryException">The build needs more memory than the options allow.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static BuildReport Build(
        CatalogFile file, SnapshotBuildOptions options, IProgress<BuildProgress>? progress = null, CancellationToken cancellation = default)
    {
        // Wrong counts are told before hours of reading.
        _ = new Placement(options.Partitions ?? 1, options.SlicesPerPartition ?? 1);
        var started = options.Clock.GetTimestamp();
        progress?.Report(new BuildProgress(BuildStage.Resolving, null, 0, null));
        using var databases = new PostgresSessions(file.Path, cancellation);
        var schemas = SchemaReader.Read(file, databases, cancellation);
        using var folder = SnapshotFolder.Open(options.OutputFolder);
        using var stores = new EventStores(new MemoryBudget(options.MemoryBytes ?? long.MaxValue), folder.Spill);
        var entities = new EntityTable(file.EntityType);
        var lastAllowed = ((options.Clock.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond) + Instants.MicrosPerDay;
        var sources = schemas.Select(schema => new SourceLoader(schema, entities, stores, lastAllowed, progress).Load(cancellation)).ToList();
        // A transaction that stays open keeps a database from tidying up.
        databases.Dispose();
        Refuse(sources, options);

        var eventCount = sources.Where(source => !source.Report.Always).Sum(source => source.Report.EventCount);
        var placement = PlacementRule.For(eventCount, entities.Count, options.Partitions, options.SlicesPerPartition);
        var manifest = Write(file, sources, stores, new EntityOrder(entities, placement), folder, progress, cancellation);
        var (peak, spilled) = (stores.Budget.Peak, stores.SpilledBytes);
        stores.Dispose();
        cancellation.ThrowIfCancellationRequested();
        folder.Publish(manifest);
        return new BuildReport
        {
            SnapshotId = manifest.Id,
            EntityCount = entities.Count,
            Partitions = placement.Partitions,
            SlicesPerPartition = placement.SlicesPerPartition,
            Sources = [.. sources.Select(source => source.Report)],
            PeakBytes = peak,
            SpilledBytes = spilled,
            Elapsed = options.Clock.GetElapsedTime(started),
        };
    }

    private static void Refuse(List<LoadedSource> sources, SnapshotBuildOptions options)
    {
        var bad = sources.Sum(source => source.Report.BadCount);
        if (bad > options.MaxBadRows)
        {
            throw new InputException(
            [
                $"{bad} rows with values that cannot be read, more than the {options.MaxBadRows} allowed; the first:",
                .. sources.SelectMany(source => source.Report.BadRows).Take(RowChunk.ProblemsMax).Select(row => row.ToString()),
            ]);
        }

        List<string> second = [.. sources.SelectMany(source => source.SecondRows)];
        if (second.Count > 0)
        {
            throw new InputException(second);
        }

        var future = sources.Where(source => source.Report.FutureCount > 0).Select(source => source.Report).ToList();
        if (future.Count > 0 && !options.AllowFuture)
        {
            throw new InputException([.. future.Select(report =>
                $"{report.FirstFutureRow}: source {report.Source} has {report.FutureCount} events more than a day after now, this is the first: expected past events, or --allow-future")]);
        }
    }

    private static SnapshotManifest Write(
        CatalogFile file,
        List<LoadedSource> sources,
        EventStores stores,
        EntityOrder order,
        SnapshotFolder folder,
        IProgress<BuildProgress>? progress,
        CancellationToken cancellation)
    {
        var written = new SnapshotWriter(folder.Temporary, file.EntityName, order, file.Calendar, progress).Write(sources, stores, cancellation);
        var catalog = SchemaReader.CatalogOf(file, sources.Select(source => source.Schema));
        ZoneRules[] stampZones = [.. file.Sources.Select(source => source.StampZone)];
        var manifest = new SnapshotManifest
        {
            FormatVersion = SnapshotManifest.FormatVersionNewest,
            Id = "",
            Catalog = CatalogForm.Of(catalog, stampZones),
            Zones = CatalogForm.Zones(catalog, stampZones),
            CompleteUntil = [.. sources.Select(CompleteUntil)],
            Partitions = order.Placement.Partitions,
            SlicesPerPartition = order.Placement.SlicesPerPartition,
            SliceEntityCounts = [.. order.SliceStarts.Skip(1).Zip(order.SliceStarts, (end, start) => end - start)],
            Digests = [.. written.Select(source => source.Digests)],
            Segments = [],
        };
        var id = SnapshotContent.Id(manifest);
        return manifest with
        {
            Id = id,
            Segments =
            [
                .. written.SelectMany(source => source.Segments).OrderBy(segment => segment.Partition).ThenBy(segment => segment.Source)
                    .Select(segment => segment with { File = SnapshotFolder.SegmentName(id, segment.File) }),
            ],
        };
    }

    private static long CompleteUntil(LoadedSource source) =>
        source.Schema.Source.Always ? long.MaxValue : source.Schema.CompleteUntil ?? source.LastTime;
}
