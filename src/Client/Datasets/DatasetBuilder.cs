using FeatureService.Client.Datasets.Reuse;
using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;

namespace FeatureService.Client.Datasets;

/// <summary>
/// Builds training datasets: a grid or a spine, fanned out over the service, one part file for each shard. A build can be killed at any
/// moment and resumed; nothing half-written ever has a final name.
/// </summary>
/// <param name="client">The service.</param>
public sealed class DatasetBuilder(FeatureServiceClient client)
{
    /// <summary>Builds a dataset.</summary>
    /// <param name="options">What, where and how.</param>
    /// <param name="progress">Told how far the build is; from any thread.</param>
    /// <param name="cancellation">Ends the build; it can be resumed.</param>
    /// <exception cref="DatasetException">The place is in use, is another dataset, or exists and nothing was said about it.</exception>
    /// <exception cref="CellErrorsException">Cells overflowed: all other work is done, and there is no manifest.</exception>
    /// <exception cref="PartialBuildException">The service was lost; the build can be resumed.</exception>
    /// <exception cref="FeatureServiceException">The service refuses the query, or no endpoint answers.</exception>
    /// <exception cref="Spines.SpineException">The spine is wrong, or changed while it was read.</exception>
    /// <exception cref="ArgumentException">Weeks, columns or entities are wrong, or the query is none of a dataset.</exception>
    /// <exception cref="IOException">The place cannot be written.</exception>
    public async Task<DatasetReport> BuildAsync(
        DatasetBuildOptions options, IProgress<DatasetProgress>? progress = null, CancellationToken cancellation = default)
    {
        var started = client.Options.Time.GetTimestamp();
        var single = options.SingleFile ?? options.Path.EndsWith(options.Format.Extension, StringComparison.Ordinal);
        var place = new DatasetPlace(options.Path, single, options.Format.Extension);
        DatasetState.RefuseOtherKind(place);
        DatasetState.RefuseExisting(place, options.Existing);
        using var previous = OpenPrevious(options, place);
        var query = Pin(options, place, previous);
        var source = await SourceOfAsync(query, cancellation).ConfigureAwait(false);
        using var held = DatasetLock.Take(place);
        var identity = source.Identity(options.Format);
        if (DatasetState.FindFinished(place, options.Existing, identity) is { } finished)
        {
            return new DatasetReport(finished, options.Path, source.ShardCount, client.Options.Time.GetElapsedTime(started));
        }

        var reused = previous is null
            ? null
            : await ReusedParts.PlanAsync(client, place, previous, source, identity, query, cancellation).ConfigureAwait(false);
        var work = DatasetState.Prepare(place, options.Existing, identity);
        var (resumed, continued) = (work.Parts.Count, work.Pieces.Count);
        // Columns to be put among those of another dataset are cut as these are, which a finished one cannot be.
        var requested = reused?.Requested ?? source.Finishing(options.Format.Finished);
        var estimate = await requested.EstimateAsync(cancellation).ConfigureAwait(false);
        var shape = reused ?? (IPartShape)new WholeParts(source.Columns, options.Format);
        var fanOut = await BuildPartsAsync(requested, shape, place, identity, work, options.CheckpointInterval, progress, cancellation).ConfigureAwait(false);
        var all = work.Parts.Values.ToArray();
        ThrowCellErrors(all);
        var manifest = new DatasetFinisher(place, options.Format, source.Columns).Finish(
            identity,
            all,
            made => made with { Timings = Timings(all, resumed, client.Options.Time.GetElapsedTime(started)), Estimate = estimate, Reuse = reused?.Told },
            cancellation);
        return new DatasetReport(manifest, options.Path, resumed, client.Options.Time.GetElapsedTime(started))
        {
            FanOut = fanOut,
            PartsContinued = continued,
            PartsDamaged = work.DamagedCount,
        };
    }

    private static PreviousDataset? OpenPrevious(DatasetBuildOptions options, DatasetPlace place)
    {
        if (options.Reuse is not { } path)
        {
            return null;
        }

        return Path.GetFullPath(path) == place.Path
            ? throw new DatasetException($"--reuse {path} is what is built: expected another dataset, which stays as it is")
            : PreviousDataset.Open(path, options.Format);
    }

    /// <summary>A resumed build goes on with the snapshot of the first run; a spine is cut as before.</summary>
    private static FeatureQuery Pin(DatasetBuildOptions options, DatasetPlace place, PreviousDataset? previous)
    {
        var first = options.Existing == ExistingOutput.Resume ? DatasetState.FirstRun(place) : null;
        var query = options.Query;
        if (first is not null && query.Snapshot.Id is null)
        {
            query = query with { Snapshot = query.Snapshot with { Id = first.Snapshot } };
        }

        return query is SpineQuery spine && (first ?? previous?.Manifest)?.Spine is { } cut
            ? spine with { RowsPerShard = cut.RowsPerShard }
            : query;
    }

    private ManifestTimings Timings(IReadOnlyList<PartRecord> parts, int resumed, TimeSpan elapsed)
    {
        var cpu = parts.Any(p => p.CpuSeconds > 0) ? Math.Round(parts.Sum(p => p.CpuSeconds), 3) : (double?)null;
        var cached = parts.Sum(p => p.CachedValues);
        return new ManifestTimings(
            client.Options.Time.GetUtcNow(), Math.Round(elapsed.TotalSeconds, 3), resumed, cpu, cached > 0 ? cached : null);
    }

    private Task<IDatasetSource> SourceOfAsync(FeatureQuery query, CancellationToken cancellation) => query switch
    {
        BackfillQuery grid => GridSource.CreateAsync(client, grid, cancellation),
        SpineQuery spine => SpineSource.CreateAsync(client, spine, cancellation),
        _ => throw new ArgumentException($"a dataset is built of a {nameof(BackfillQuery)} or a {nameof(SpineQuery)}, not of a {query.GetType().Name}"),
    };

    private static void ThrowCellErrors(IReadOnlyList<PartRecord> parts)
    {
        // A service lists the first only, and none that is too long to be told.
        var count = parts.Aggregate(0ul, (sum, p) => sum + p.ErrorCount);
        if (count > 0)
        {
            throw new CellErrorsException([.. parts.SelectMany(p => p.Errors).Take(CellErrorsException.ListedMax)], count);
        }
    }

    private async Task<FanOutProgress> BuildPartsAsync(
        IDatasetSource source, IPartShape shape, DatasetPlace place, BuildIdentity identity, FinishedWork work, TimeSpan checkpointInterval,
        IProgress<DatasetProgress>? progress, CancellationToken cancellation)
    {
        using var log = ProgressLog.Start(place.Progress, identity, [.. work.Parts.Values, .. work.Pieces.Values.SelectMany(pieces => pieces)]);
        using var run = new FanOutRun(client.Options);
        var missing = Enumerable.Range(0, source.ShardCount).Where(shard => !work.Parts.ContainsKey(shard)).ToHashSet();
        var meter = new ProgressMeter(source, missing, run.Meter, client.Options.Time, progress);
        var pieces = new PieceStore(place, log, work.Pieces);
        var builder = new PartBuilder(shape, pieces, checkpointInterval, client.Options.Time, meter.Written);
        var committing = new Lock();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = source.ShardsInFlightMax, CancellationToken = cancellation };
        await Parallel.ForEachAsync(source.Shards(missing.Contains, run, cancellation), parallel, async (shard, stop) =>
        {
            var temporary = DatasetPlace.Temporary(place.Part(shard.Index));
            var part = await builder.BuildAsync(shard, temporary, stop).ConfigureAwait(false);
            lock (committing)
            {
                File.Move(temporary, place.Part(shard.Index), overwrite: true);
                log.Append(part);
                work.Parts.Add(shard.Index, part);
                meter.ShardDone(shard.Index);
            }

            pieces.Remove(shard.Index);
        }).ConfigureAwait(false);
        return run.Meter.Snapshot();
    }
}
