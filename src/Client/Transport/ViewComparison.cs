using FeatureService.Core.Columns;
using FeatureService.Core.Keys;

namespace FeatureService.Client.Transport;

/// <summary>Which two views are compared, and on which rows.</summary>
public sealed record CompareQuery
{
    /// <summary>The view as it was.</summary>
    public required ViewReference Old { get; init; }

    /// <summary>The view as it is to be.</summary>
    public required ViewReference New { get; init; }

    /// <summary>The snapshot. Default: the service's current one.</summary>
    public SnapshotReference Snapshot { get; init; } = SnapshotReference.Default;

    /// <summary>The weeks.</summary>
    public required WeekSpan Weeks { get; init; }

    /// <summary>The entities, each once.</summary>
    public required IReadOnlyList<EntityKey> Entities { get; init; }
}

/// <summary>What differs between two views.</summary>
public sealed record ViewComparison
{
    /// <summary>Id of the snapshot's content.</summary>
    public required string SnapshotId { get; init; }

    /// <summary>Hash of the old view.</summary>
    public required string OldVersion { get; init; }

    /// <summary>Hash of the new view.</summary>
    public required string NewVersion { get; init; }

    /// <summary>Entities compared.</summary>
    public required long Entities { get; init; }

    /// <summary>Rows compared.</summary>
    public required long Rows { get; init; }

    /// <summary>Rows that the old view's population keeps; all where it has none.</summary>
    public required long OldPopulation { get; init; }

    /// <summary>Rows that the new view's population keeps; all where it has none.</summary>
    public required long NewPopulation { get; init; }

    /// <summary>Every column of either view: those of the new one in its order, then those that are gone.</summary>
    public required IReadOnlyList<ColumnDifference> Columns { get; init; }

    /// <summary>Columns whose definition changed or is new: what a rebuild computes.</summary>
    public required IReadOnlyList<string> Recomputed { get; init; }
}

/// <summary>One column before and after.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Change"><c>same</c>, <c>changed</c>, <c>renamed</c>, <c>added</c> or <c>removed</c>.</param>
/// <param name="OldName">Its name in the old view, where it was renamed; else empty.</param>
/// <param name="Changed">Share of the rows whose value differs, 0 to 1.</param>
/// <param name="Old">The old values; null of a new column.</param>
/// <param name="New">The new values; null of a column that is gone.</param>
public sealed record ColumnDifference(
    string Name, string Change, string OldName, double Changed, ValueDistribution? Old, ValueDistribution? New);

/// <summary>How the values of a column are spread.</summary>
/// <param name="Type">Type of the values.</param>
/// <param name="Nulls">Share of the rows without a value, 0 to 1.</param>
/// <param name="Distinct">Distinct values.</param>
/// <param name="Mean">Of numbers and bools: the mean of the values that are finite; null where there is none.</param>
/// <param name="Quantiles">Least value, 25th, 50th, 75th percentile and greatest, as text; empty of texts and where all are null.</param>
/// <param name="Top">Of texts and bools the most frequent values, up to five, with their rows.</param>
/// <param name="Nanoseconds">What computing one value of the column alone took.</param>
public sealed record ValueDistribution(
    ColumnType Type,
    double Nulls,
    long Distinct,
    double? Mean,
    IReadOnlyList<string> Quantiles,
    IReadOnlyList<(string Value, long Rows)> Top,
    double Nanoseconds);
