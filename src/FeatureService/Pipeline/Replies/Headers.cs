using System.Runtime.CompilerServices;
using FeatureService.Contracts.V1;
using FeatureService.Core.Keys;
using FeatureService.Engine;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;

namespace FeatureService.Pipeline.Replies;

/// <summary>The headers of answers, and the columns that stand beside features and labels.</summary>
internal static class Headers
{
    /// <summary>Name of the week's column.</summary>
    public const string Week = "week";

    /// <summary>Name of the status column.</summary>
    public const string RowStatus = "row_status";

    // A header is the greater part of a small answer, and the same in all of a plan's.
    private static readonly ConditionalWeakTable<Plan, ResponseHeader> _ofPlans = [];

    /// <summary>The header of a plan's answers, shared by them: it is not to be changed.</summary>
    public static ResponseHeader Of(Plan plan) => _ofPlans.GetValue(plan, Make);

    private static ResponseHeader Make(Plan plan)
    {
        var catalog = plan.Snapshot.Catalog;
        var header = new ResponseHeader
        {
            SnapshotId = plan.Snapshot.Id,
            ViewVersion = plan.View.Version,
            EngineVersion = EngineVersion.Semantics,
        };
        header.Columns.Add(new ColumnHeader { Name = catalog.EntityName, Type = TypeOf(catalog.EntityType), Role = ColumnRole.Entity });
        header.Columns.Add(new ColumnHeader { Name = Week, Type = ColumnType.Date, Role = ColumnRole.Week });
        header.Columns.AddRange(plan.Columns.Select(Of));
        header.Columns.Add(new ColumnHeader { Name = RowStatus, Type = ColumnType.String, Role = ColumnRole.RowStatus });
        return header;
    }

    /// <summary>The header of a feature or label.</summary>
    public static ColumnHeader Of(FeatureColumn column) => new()
    {
        Name = column.Name,
        Type = ColumnChunks.TypeOf(column.OutputType),
        Role = column.Role == FeatureRole.Label ? ColumnRole.Label : ColumnRole.Feature,
        Fingerprint = column.Fingerprint,
    };

    /// <summary>The contract's type of a key.</summary>
    public static ColumnType TypeOf(EntityKeyType type) => type == EntityKeyType.Int64 ? ColumnType.Int64 : ColumnType.String;

    /// <summary>A block's columns with their names: the entity, the week and the row status, then features and labels.</summary>
    /// <returns>The columns; the first three tell rows apart and go first.</returns>
    public static (string Name, Core.Columns.Column Column)[] Columns(Plan plan, FeatureBlock block) =>
    [
        (plan.Snapshot.Catalog.EntityName, block.Keys),
        (Week, block.Weeks),
        (RowStatus, block.RowStatuses),
        .. plan.Columns.Zip(block.Columns, (feature, column) => (feature.Name, column)),
    ];

    /// <summary>Which of <see cref="Columns"/> is the status.</summary>
    public const int StatusIndex = 2;

    /// <summary>How many of <see cref="Columns"/> tell rows apart.</summary>
    public const int RowColumns = 3;
}
