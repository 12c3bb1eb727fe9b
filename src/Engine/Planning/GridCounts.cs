using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Engine.Planning;

/// <summary>How many entities of a slice a grid has.</summary>
/// <param name="Slice">The slice.</param>
/// <param name="Entities">How many.</param>
public readonly record struct SliceCount(SliceId Slice, int Entities);

/// <summary>
/// How much a grid is: what the snapshot counts of its slices, and what the events of one of them, the one with the most entities, tell
/// of the others: which part of an entity's events the windows reach, and how long texts are.
/// </summary>
public sealed record GridCounts
{
    /// <summary>The weeks.</summary>
    public required WeekRange Weeks { get; init; }

    /// <summary>Number of entities.</summary>
    public required long Entities { get; init; }

    /// <summary>Number of slices.</summary>
    public required long Slices { get; init; }

    /// <summary>Events that the rows scan, about, by source of the plan in the order of the catalog.</summary>
    public required IReadOnlyList<long> Scanned { get; init; }

    /// <summary>Average bytes of an entity's key.</summary>
    public required double KeyBytes { get; init; }

    /// <summary>Average bytes of a text of the columns that the plan reads; 0 where it reads none.</summary>
    public required double TextBytes { get; init; }

    /// <summary>Counts a grid.</summary>
    /// <param name="plan">What is computed.</param>
    /// <param name="weeks">The weeks.</param>
    /// <param name="slices">The slices and how many of their entities are asked for.</param>
    /// <exception cref="SnapshotDamagedException">A block of the slice that is looked at is not as it was written.</exception>
    public static GridCounts Of(Plan plan, WeekRange weeks, IReadOnlyList<SliceCount> slices)
    {
        var snapshot = plan.Snapshot;
        var largest = slices.DefaultIfEmpty().MaxBy(slice => slice.Entities);
        var sample = snapshot.Slice(largest.Slice);
        var geometry = plan.Lay(weeks.First, weeks.Last - weeks.First + 1);
        var sources = plan.Program.Sources;
        return new GridCounts
        {
            Weeks = weeks,
            Entities = slices.Sum(slice => (long)slice.Entities),
            Slices = slices.Count,
            Scanned = [.. sources.Select((source, i) => ScannedOf(snapshot, source.Source, slices, Share(sample, source.Source, geometry.Reaches[i])))],
            KeyBytes = KeyBytesOf(sample.Keys),
            TextBytes = TextBytesOf(sample, sources),
        };
    }

    private static long ScannedOf(ISnapshot snapshot, int source, IReadOnlyList<SliceCount> slices, double share)
    {
        var events = 0.0;
        foreach (var (slice, entities) in slices)
        {
            // Named entities have the average of their slice.
            var all = snapshot.EntityCount(slice);
            events += all == 0 ? 0 : (double)snapshot.CountOf(source, slice) * Math.Min(entities, all) / all;
        }

        return (long)Math.Round(events * share);
    }

    /// <summary>Which share of its events a slice's rows read.</summary>
    private static double Share(SliceData slice, int source, SourceReach reach)
    {
        var (events, read) = (slice.Source(source), 0L);
        for (var entity = 0; entity < slice.EntityCount; entity++)
        {
            var (from, to) = (events.Offsets[entity], events.Offsets[entity + 1]);
            read += reach.PartOf(events.Times[from..to], 0, reach.Starts.Length - 1).Count;
        }

        return events.Count == 0 ? 1 : (double)read / events.Count;
    }

    private static double KeyBytesOf(EntityKeys keys) =>
        keys.Type == EntityKeyType.Int64 ? sizeof(long) : sizeof(int) + AverageOf([keys.Texts!]);

    private static double TextBytesOf(SliceData slice, SourcePlan[] sources) => AverageOf([.. sources.SelectMany(source => source.Rows.Inputs
        .Where(input => input.Type == ColumnType.String)
        .Select(input => slice.Source(source.Source).Column(input.Index).Dictionary!))]);

    private static double AverageOf(StringTable[] tables)
    {
        var (bytes, texts) = (tables.Sum(table => (long)table.Utf8.Length), tables.Sum(table => (long)table.Count));
        return texts == 0 ? 0 : (double)bytes / texts;
    }
}
