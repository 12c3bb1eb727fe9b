using FeatureService.Contracts.V1;

namespace FeatureService.Client.Transport;

/// <summary>From the messages about a comparison to the client's records.</summary>
internal static class CompareWire
{
    /// <summary>The request.</summary>
    public static CompareRequest Request(CompareQuery query) => new()
    {
        OldView = Wire.Selector(query.Old),
        NewView = Wire.Selector(query.New),
        Snapshot = Wire.Selector(query.Snapshot),
        Weeks = Wire.Weeks(query.Weeks),
        Entities = Wire.Keys(query.Entities),
    };

    /// <summary>The answer.</summary>
    public static ViewComparison Comparison(CompareResponse response) => new()
    {
        SnapshotId = response.SnapshotId,
        OldVersion = response.OldVersion,
        NewVersion = response.NewVersion,
        Entities = response.Entities,
        Rows = response.Rows,
        OldPopulation = response.OldPopulation,
        NewPopulation = response.NewPopulation,
        Columns = [.. response.Columns.Select(Column)],
        Recomputed = [.. response.Recomputed],
    };

    private static ColumnDifference Column(ColumnComparison column) => new(
        column.Name,
        column.Change.ToString().ToLowerInvariant(),
        column.OldName,
        column.Changed,
        column.OldValues is null ? null : Distribution(column.OldValues),
        column.NewValues is null ? null : Distribution(column.NewValues));

    private static ValueDistribution Distribution(Distribution values) => new(
        (Core.Columns.ColumnType)values.Type,
        values.Nulls,
        values.Distinct,
        values.HasMean ? values.Mean : null,
        [.. values.Quantiles],
        [.. values.Top.Select(count => (count.Value, count.Count))],
        values.Nanoseconds);
}
