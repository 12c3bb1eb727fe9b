using FeatureService.Core.Columns;

namespace FeatureService.Engine.Planning;

/// <summary>What a plan costs for a grid, estimated before it runs, on the machine that the rates were measured on.</summary>
public sealed record PlanCost
{
    /// <summary>A week's date, and the offset and text of a row's status.</summary>
    private const double RowBytes = sizeof(int) + sizeof(int) + 3;

    /// <summary>Events that are scanned, of all sources.</summary>
    public required long Events { get; init; }

    /// <summary>Rows of the grid, those that a population leaves out included.</summary>
    public required long Rows { get; init; }

    /// <summary>Values: rows times columns.</summary>
    public required long Cells { get; init; }

    /// <summary>Bytes of the answer, in PLAIN.</summary>
    public required long Bytes { get; init; }

    /// <summary>Seconds of one core.</summary>
    public required double CpuSeconds { get; init; }

    /// <summary>
    /// By number of the aggregate its share of <see cref="CpuSeconds"/>: what only it needs, and its part of what it shares with others,
    /// rows and columns included. They add up to 1; where there is no aggregate, there is none.
    /// </summary>
    public required IReadOnlyList<double> AggregateShares { get; init; }

    /// <summary>For each column what of <see cref="CpuSeconds"/> would be saved, about, if it were not computed.</summary>
    public required IReadOnlyList<double> ColumnSeconds { get; init; }

    /// <summary>
    /// By fingerprint of each of the plan's tile arrays the seconds of working out one state: its share of its source's events, and what
    /// only it needs of them.
    /// </summary>
    public IReadOnlyDictionary<string, double> TileSeconds { get; init; } = new Dictionary<string, double>();

    /// <summary>Estimates a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="grid">How much the grid is.</param>
    public static PlanCost Of(Plan plan, GridCounts grid)
    {
        var rows = grid.Entities * grid.Weeks.Count;
        var model = new CostModel(plan.Program, plan.Lay(grid.Weeks.First, grid.Weeks.Last - grid.Weeks.First + 1), grid);
        var byAggregate = model.ByAggregate();
        var nanoseconds = model.Nanoseconds;
        var texts = plan.Columns.Count(column => column.OutputType == ColumnType.String);
        var widths = plan.Columns.Sum(column => column.OutputType == ColumnType.String ? sizeof(int) : column.OutputType.Width());
        return new PlanCost
        {
            Events = grid.Scanned.Sum(),
            Rows = rows,
            Cells = rows * plan.Columns.Count,
            Bytes = (long)(rows * (RowBytes + grid.KeyBytes + widths + (texts * grid.TextBytes))),
            CpuSeconds = nanoseconds / 1e9,
            ColumnSeconds = [.. model.ByColumn().Select(cost => cost / 1e9)],
            TileSeconds = TileCosts.Of(plan, grid),
            AggregateShares = [.. byAggregate.Select(cost => nanoseconds == 0 ? 1.0 / byAggregate.Length : cost / nanoseconds)],
        };
    }
}
