using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Planning;

/// <summary>What is computed of one source: one pass over its events for all aggregates.</summary>
internal sealed class SourcePlan
{
    /// <summary>Index in the catalog.</summary>
    public required int Source { get; init; }

    /// <summary>Whether events may become known later than their own week.</summary>
    public required bool HasAvailability { get; init; }

    /// <summary>Local time in the catalog's zone.</summary>
    public required ZoneClock Clock { get; init; }

    /// <summary>Filters and inputs, by events.</summary>
    public required VectorProgram Rows { get; init; }

    /// <summary>Which events count. A set with an input has its twin without one at <see cref="BaseOf"/>.</summary>
    public required SetPlan[] Sets { get; init; }

    /// <summary>For each set the one with the same filter and no input; itself where it has none.</summary>
    public required int[] BaseOf { get; init; }

    /// <summary>Values of the sets' events.</summary>
    public required ValuePlan[] Values { get; init; }

    /// <summary>Tiles, those of one kind over the same values once.</summary>
    public required TilePlan[] Tiles { get; init; }

    /// <summary>Windows over tiles, those of one tile together.</summary>
    public required TileWindowPlan[] TileWindows { get; init; }

    /// <summary>The aggregates.</summary>
    public required AggregatePlan[] Aggregates { get; init; }

    /// <summary>The windows that they read, by index in <see cref="PlanProgram.Windows"/>.</summary>
    public required int[] Windows { get; init; }
}
