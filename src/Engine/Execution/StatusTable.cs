using FeatureService.Engine.Planning;

namespace FeatureService.Engine.Execution;

/// <summary>What is known of the rows of each week of a geometry: once of entities with a history, once of those that have none yet.</summary>
internal sealed class StatusTable
{
    /// <summary>The statuses of some weeks.</summary>
    public StatusTable(WeekGeometry geometry)
    {
        Geometry = geometry;
        WithHistory = Of(geometry, RowStatus.Ok);
        Before = Of(geometry, RowStatus.NoHistory);
    }

    /// <summary>The weeks.</summary>
    public WeekGeometry Geometry { get; }

    /// <summary>By week the <see cref="RowStatus"/> of an entity with a history.</summary>
    public int[] WithHistory { get; }

    /// <summary>By week the <see cref="RowStatus"/> of an entity that has none yet.</summary>
    public int[] Before { get; }

    private static int[] Of(WeekGeometry geometry, RowStatus otherwise) => [.. Enumerable.Range(0, geometry.Count).Select(week => (int)(
        geometry.Censored[week] ? RowStatus.Censored
        : geometry.Incomplete[week] ? RowStatus.Incomplete
        : otherwise))];
}
