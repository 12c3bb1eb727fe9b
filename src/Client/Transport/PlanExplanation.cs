namespace FeatureService.Client.Transport;

/// <summary>The plan of a backfill as a person reads it, and what it is expected to cost.</summary>
public sealed record PlanExplanation
{
    /// <summary>Id of the snapshot's content.</summary>
    public required string SnapshotId { get; init; }

    /// <summary>Hash of the view.</summary>
    public required string ViewVersion { get; init; }

    /// <summary>The columns, in the order of the view.</summary>
    public required IReadOnlyList<ExplainedColumn> Columns { get; init; }

    /// <summary>For each column whether the cache of the service that was asked would be used; none of a service that does not say.</summary>
    public IReadOnlyList<CacheUse> Cache { get; init; } = [];

    /// <summary>The sources that are read, one pass each.</summary>
    public required IReadOnlyList<ExplainedSource> Sources { get; init; }

    /// <summary>Entities of the grid.</summary>
    public required long Entities { get; init; }

    /// <summary>Weeks of the grid.</summary>
    public required int Weeks { get; init; }

    /// <summary>Slices of the grid; where so many entities are named that they are explained in several calls, about.</summary>
    public required long Slices { get; init; }

    /// <summary>Tasks that the workers get, about.</summary>
    public required long Tasks { get; init; }

    /// <summary>Workers of the service that was asked.</summary>
    public required int Workers { get; init; }

    /// <summary>What all of it costs.</summary>
    public required CostEstimate Cost { get; init; }

    /// <summary>Whether a population leaves out rows; the cost counts all.</summary>
    public required bool HasPopulation { get; init; }
}

/// <summary>One column of a plan.</summary>
/// <param name="Column">The column.</param>
/// <param name="NormalForm">Its definition in normal form.</param>
public sealed record ExplainedColumn(DatasetColumn Column, string NormalForm);

/// <summary>Whether a service's cache is used for a column.</summary>
/// <param name="Used">Whether it is.</param>
/// <param name="Reason">Why.</param>
/// <param name="ComputeNanoseconds">What computing a value is expected to cost; 0 where the policy decides.</param>
/// <param name="FetchNanoseconds">What fetching and decoding a value is expected to cost, likewise.</param>
public sealed record CacheUse(bool Used, string Reason, double ComputeNanoseconds, double FetchNanoseconds)
{
    /// <summary>Whether the cache is also used for the tile arrays that the column can be made of.</summary>
    public bool TilesUsed { get; init; }

    /// <summary>Nanoseconds of working out a week of these from events; 0 of a column that needs events.</summary>
    public double TileComputeNanoseconds { get; init; }

    /// <summary>Nanoseconds of fetching and decoding a week of these.</summary>
    public double TileFetchNanoseconds { get; init; }
}

/// <summary>What a plan costs, estimated before it runs.</summary>
/// <param name="Events">Events that are scanned.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Cells">Values: rows times columns.</param>
/// <param name="Bytes">Bytes of the answer as it travels.</param>
/// <param name="CpuSeconds">CPU seconds of computing on the services.</param>
/// <param name="Seconds">Seconds that the workers of one service take together, if they have nothing else to do.</param>
public sealed record CostEstimate(long Events, long Rows, long Cells, long Bytes, double CpuSeconds, double Seconds);

/// <summary>One source of a plan.</summary>
public sealed record ExplainedSource
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its events in the snapshot.</summary>
    public required long Events { get; init; }

    /// <summary>Events that the plan scans, about.</summary>
    public required long EventsScanned { get; init; }

    /// <summary>Columns that are read.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>Distinct filters.</summary>
    public required int Filters { get; init; }

    /// <summary>Distinct sets of events: a filter with a value that must not be null.</summary>
    public required int Sets { get; init; }

    /// <summary>Distinct weekly tiles.</summary>
    public required int Tiles { get; init; }

    /// <summary>Distinct windows over tiles.</summary>
    public required int TileWindows { get; init; }

    /// <summary>How often definitions write an aggregate of the source.</summary>
    public required int AggregatesWritten { get; init; }

    /// <summary>The distinct aggregates, which are computed.</summary>
    public required IReadOnlyList<ExplainedAggregate> Aggregates { get; init; }
}

/// <summary>One aggregate of a plan.</summary>
/// <param name="Text">In normal form.</param>
/// <param name="Columns">Names of the columns that use it.</param>
/// <param name="CpuShare">Its share of the CPU time, 0 to 1: its part of what it shares with others included.</param>
public sealed record ExplainedAggregate(string Text, IReadOnlyList<string> Columns, double CpuShare);
