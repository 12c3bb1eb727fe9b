using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions.NormalForms;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Engine.Planning;

/// <summary>One source of a plan as a person reads it: what is read, and how much work its aggregates share.</summary>
public sealed record SourceOverview
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its events in the snapshot.</summary>
    public required long Events { get; init; }

    /// <summary>Names of the columns that are read.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>Number of distinct filters.</summary>
    public required int Filters { get; init; }

    /// <summary>Number of distinct sets of events that aggregates use: those that a filter keeps, with a value that is not null.</summary>
    public required int Sets { get; init; }

    /// <summary>Number of distinct weekly tiles.</summary>
    public required int Tiles { get; init; }

    /// <summary>Number of distinct windows over tiles.</summary>
    public required int TileWindows { get; init; }

    /// <summary>How often definitions write an aggregate of the source.</summary>
    public required int AggregatesWritten { get; init; }

    /// <summary>The distinct aggregates, which are computed.</summary>
    public required IReadOnlyList<AggregateOverview> Aggregates { get; init; }

    /// <summary>The sources of a plan, in the order of the catalog.</summary>
    /// <param name="plan">The plan.</param>
    public static IReadOnlyList<SourceOverview> Of(Plan plan)
    {
        var texts = new NormalFormWriter(plan.Snapshot.Catalog);
        var columns = plan.Columns.Select(column => column.Name).Append(plan.Population?.Name ?? "").ToArray();
        var uses = plan.Program.ReadNumbers.SelectMany((numbers, column) => numbers.Select(number => (number, columns[column]))).ToLookup(use => use.number, use => use.Item2);
        return [.. plan.Program.Sources.Select(source => Of(plan, source, number => new AggregateOverview(
            number, texts.Write(plan.Program.Calls[number]), [.. uses[number]])))];
    }

    private static SourceOverview Of(Plan plan, SourcePlan source, Func<int, AggregateOverview> aggregate)
    {
        var read = plan.Snapshot.Catalog.Sources[source.Source];
        return new SourceOverview
        {
            Name = read.Name,
            Events = EventsOf(plan.Snapshot, source.Source),
            Columns = [.. source.Rows.Inputs.Select(input => read.Columns[input.Index].Name)],
            Filters = source.Sets.Where(set => set.Where >= 0).Select(set => set.Where).Distinct().Count(),
            Sets = source.Aggregates.Select(a => a.Set).Distinct().Count(),
            Tiles = source.Tiles.Length,
            TileWindows = source.TileWindows.Length,
            AggregatesWritten = plan.Program.WrittenCounts[source.Source],
            Aggregates = [.. source.Aggregates.Select(a => aggregate(a.Index))],
        };
    }

    private static long EventsOf(ISnapshot snapshot, int source)
    {
        var events = 0L;
        for (var partition = 0; partition < snapshot.Placement.Partitions; partition++)
        {
            for (var slice = 0; slice < snapshot.Placement.SlicesPerPartition; slice++)
            {
                events += snapshot.CountOf(source, new SliceId(partition, slice));
            }
        }

        return events;
    }
}

/// <summary>One aggregate of a plan.</summary>
/// <param name="Number">Its number in the plan, by which <see cref="PlanCost.AggregateShares"/> is ordered.</param>
/// <param name="Text">In normal form.</param>
/// <param name="Columns">Names of the columns that use it, the population's behind those of the output.</param>
public sealed record AggregateOverview(int Number, string Text, IReadOnlyList<string> Columns);
