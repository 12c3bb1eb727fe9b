using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;

namespace FeatureService.Client.Datasets;

/// <summary>
/// Builds training datasets: a grid, fanned out over the service, one part file for each shard. A build can be killed at any moment
/// and resumed; nothing half-written ever has a final name.
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
    /// <exception cref="ArgumentException">Weeks, columns or entities are wrong.</exception>
    /// <exception cref="IOException">The place cannot be written.</exception>
    public async Task<DatasetReport> BuildAsync(
        DatasetBuildOptions options, IProgress<DatasetProgress>? progress = null, CancellationToken cancellation = default)
    {
        var started = client.Options.Time.GetTimestamp();
        var single = options.SingleFile ?? options.Path.EndsWith(options.Format.Extension, StringComparison.Ordinal);
        var place = new DatasetPlace(options.Path, single, options.Format.Extension);
        DatasetState.RefuseOtherKind(place);
        DatasetState.RefuseExisting(place, options.Existing);
        var plan = await BackfillPlan.CreateAsync(client, Pin(options, place), cancellation).ConfigureAwait(false);
        using var held = DatasetLock.Take(place);
        var identity = BuildIdentity.Of(plan, options.Format);
        if (DatasetState.FindFinished(place, options.Existing, identity) is { } finished)
        {
            return new DatasetReport(finished, options.Path, plan.Shards.Count, client.Options.Time.GetElapsedTime(started));
        }

        var parts = DatasetState.Prepare(place, options.Existing, identity);
        var resumed = parts.Count;
        var estimate = await EstimateAsync(plan, cancellation).ConfigureAwait(false);
        await BuildPartsAsync(plan, options.Format, place, identity, parts, progress, cancellation).ConfigureAwait(false);
        var all = parts.Values.ToArray();
        ThrowCellErrors(all);
        var elapsed = client.Options.Time.GetElapsedTime(started);
        var cpu = Math.Round(all.Sum(p => p.CpuSeconds), 3);
        var timings = new ManifestTimings(
            client.Options.Time.GetUtcNow(), Math.Round(elapsed.TotalSeconds, 3), resumed, all.Any(p => p.CpuSeconds > 0) ? cpu : null);
        var manifest = new DatasetFinisher(place, options.Format, plan).Finish(identity, all, timings, estimate, cancellation);
        return new DatasetReport(manifest, options.Path, resumed, client.Options.Time.GetElapsedTime(started));
    }

    /// <summary>What the service expects; an estimate never ends a build, and a service that gives none is none the worse.</summary>
    private async Task<ManifestEstimate?> EstimateAsync(BackfillPlan plan, CancellationToken cancellation)
    {
        try
        {
            var explained = await ExplainExtensions.ExplainAsync(client, plan, cancellation).ConfigureAwait(false);
            var cost = explained.Plan.Cost;
            return new ManifestEstimate(cost.Events, cost.Cells, cost.Bytes, Math.Round(cost.CpuSeconds, 3), Math.Round(explained.Seconds, 3));
        }
        catch (FeatureServiceException)
        {
            return null;
        }
    }

    /// <summary>A resumed build goes on with the snapshot of the first run.</summary>
    private static BackfillQuery Pin(DatasetBuildOptions options, DatasetPlace place) =>
        options.Existing == ExistingOutput.Resume && DatasetState.FirstRun(place) is { } first && options.Query.Snapshot.Id is null
            ? options.Query with { Snapshot = options.Query.Snapshot with { Id = first.Snapshot } }
            : options.Query;

    private static void ThrowCellErrors(IReadOnlyList<PartRecord> parts)
    {
        var errors = parts.SelectMany(p => p.Errors).Take(CellErrorsException.ListedMax).ToArray();
        if (errors.Length > 0)
        {
            throw new CellErrorsException(errors, parts.Aggregate(0ul, (sum, p) => sum + p.ErrorCount));
        }
    }

    private async Task BuildPartsAsync(
        BackfillPlan plan, IDatasetFormat format, DatasetPlace place, BuildIdentity identity, SortedDictionary<int, PartRecord> parts,
        IProgress<DatasetProgress>? progress, CancellationToken cancellation)
    {
        using var log = ProgressLog.Start(place.Progress, identity, parts.Values);
        using var outage = new OutageWatch(client.Options);
        var missing = plan.Shards.Where(s => !parts.ContainsKey(s.Index)).ToArray();
        var meter = new ProgressMeter(plan, missing, client.Options.Time, progress);
        var fetcher = new ShardFetcher(client, plan, outage, ordered: false);
        var builder = new PartBuilder(plan, format, fetcher, meter.Written);
        var committing = new Lock();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = client.Options.ShardsInFlightMax, CancellationToken = cancellation };
        await Parallel.ForEachAsync(missing, parallel, async (shard, stop) =>
        {
            var temporary = DatasetPlace.Temporary(place.Part(shard.Index));
            var part = await builder.BuildAsync(shard, temporary, stop).ConfigureAwait(false);
            lock (committing)
            {
                File.Move(temporary, place.Part(shard.Index), overwrite: true);
                log.Append(part);
                parts.Add(shard.Index, part);
                meter.ShardDone();
            }
        }).ConfigureAwait(false);
    }
}
