using FeatureService.Client.Transport;
using FeatureService.Contracts.V1;
using FeatureService.Core.Keys;
using Grpc.Core;
using ColumnType = FeatureService.Core.Columns.ColumnType;
using SnapshotTopology = FeatureService.Client.Transport.SnapshotTopology;

namespace FeatureService.Client.FanOut;

/// <summary>What is computed, resolved once: every request of a fan-out carries the snapshot's id and the view's text.</summary>
internal sealed record ViewOnSnapshot
{
    /// <summary>The snapshot, by its id.</summary>
    public required SnapshotTopology Snapshot { get; init; }

    /// <summary>The view, by its text.</summary>
    public required ValidatedView View { get; init; }

    /// <summary>What every answer's header must say.</summary>
    public required IReadOnlyList<DatasetColumn> Columns { get; init; }

    /// <summary>Version of what values mean.</summary>
    public required int EngineVersion { get; init; }

    /// <summary>Names of the columns asked for; empty for all.</summary>
    public required IReadOnlyList<string> ColumnNames { get; init; }

    /// <summary>Whether labels are asked for where no names are.</summary>
    public required bool Labels { get; init; }

    /// <summary>Largest answer of a unary call; 0 where the service does not say.</summary>
    public required long AnswerBytesMax { get; init; }

    /// <summary>Minibatches of a stream that may be unanswered.</summary>
    public required int StreamIdsMax { get; init; }

    /// <summary>Rows of a stream's minibatches that may be unanswered.</summary>
    public required int StreamRowsMax { get; init; }

    /// <summary>What requests say: the view by its text, the snapshot by its id.</summary>
    public ViewSelector ViewSelector => Wire.Selector(ViewReference.OfText(View.Definition));

    /// <inheritdoc cref="ViewSelector"/>
    public SnapshotSelector SnapshotSelector => Wire.Selector(new SnapshotReference(Snapshot.Name, Snapshot.Id));

    /// <inheritdoc cref="ViewSelector"/>
    public ColumnSelector ColumnSelector => Wire.Selector(ColumnNames, Labels);

    /// <summary>Resolves a query's view, snapshot and columns.</summary>
    /// <param name="client">The service.</param>
    /// <param name="query">What is asked.</param>
    /// <param name="cancellation">Ends the calls.</param>
    /// <exception cref="FeatureServiceException">The view or snapshot is wrong, or no endpoint answers.</exception>
    /// <exception cref="ArgumentException">A column is not of the view.</exception>
    public static async Task<ViewOnSnapshot> CreateAsync(FeatureServiceClient client, FeatureQuery query, CancellationToken cancellation)
    {
        var view = await client.ValidateAsync(query.View, query.Snapshot, cancellation).ConfigureAwait(false);
        var topology = await client.GetTopologyAsync(query.Snapshot with { Id = view.SnapshotId }, cancellation).ConfigureAwait(false);
        var snapshot = topology.Snapshots.FirstOrDefault(s => s.Id == view.SnapshotId)
            ?? throw new FeatureServiceException(
                StatusCode.FailedPrecondition, $"snapshot {view.SnapshotId} is no longer served")
            { Reason = "SNAPSHOT_GONE" };
        return new ViewOnSnapshot
        {
            Snapshot = snapshot,
            View = view,
            Columns = ColumnsOf(snapshot, view, query),
            EngineVersion = topology.EngineVersion,
            ColumnNames = query.Columns,
            Labels = query.Labels,
            AnswerBytesMax = topology.AnswerBytesMax,
            StreamIdsMax = topology.StreamIdsMax,
            StreamRowsMax = topology.StreamRowsMax,
        };
    }

    /// <summary>The same with some of the features and labels.</summary>
    /// <param name="names">Which; at least one.</param>
    public ViewOnSnapshot Only(IReadOnlyCollection<string> names)
    {
        var columns = Columns.Where(c => c.Fingerprint.Length == 0 || names.Contains(c.Name, StringComparer.Ordinal)).ToArray();
        return this with { Columns = columns, ColumnNames = [.. columns.Where(c => c.Fingerprint.Length > 0).Select(c => c.Name)] };
    }

    /// <summary>Checks what an answer says of itself against what was asked.</summary>
    /// <param name="header">The answer's header.</param>
    /// <exception cref="InvalidDataException">It is another snapshot's, view's or engine's.</exception>
    public void Check(AnswerHeader header)
    {
        if (header.SnapshotId != Snapshot.Id || header.ViewVersion != View.Version)
        {
            throw new InvalidDataException(
                $"the answer is of snapshot {header.SnapshotId}, view {header.ViewVersion}; asked was {Snapshot.Id}, {View.Version}");
        }

        if (header.EngineVersion != EngineVersion)
        {
            throw new InvalidDataException(
                $"the engine's version is {header.EngineVersion}, of the first endpoint that was asked {EngineVersion}");
        }

        if (!header.Columns.SequenceEqual(Columns))
        {
            throw new InvalidDataException($"its columns are {Names(header.Columns)}, expected {Names(Columns)}");
        }
    }

    private static string Names(IEnumerable<DatasetColumn> columns) => string.Join(", ", columns.Select(c => $"{c.Name} {c.Type}"));

    private static List<DatasetColumn> ColumnsOf(SnapshotTopology snapshot, ValidatedView view, FeatureQuery query)
    {
        var unknown = query.Columns.Except(view.Columns.Select(c => c.Name), StringComparer.Ordinal).FirstOrDefault();
        if (unknown is not null)
        {
            throw new ArgumentException($"columns: the view has no '{unknown}'; it has {string.Join(", ", view.Columns.Select(c => c.Name))}");
        }

        var entityType = snapshot.EntityType == EntityKeyType.Int64 ? ColumnType.Int64 : ColumnType.String;
        return
        [
            new DatasetColumn(snapshot.EntityName, entityType, DatasetColumnRole.Entity, ""),
            new DatasetColumn("week", ColumnType.Date, DatasetColumnRole.Week, ""),
            .. view.Columns.Where(c => query.Columns.Count > 0
                ? query.Columns.Contains(c.Name, StringComparer.Ordinal)
                : query.Labels || c.Role == DatasetColumnRole.Feature),
            new DatasetColumn("row_status", ColumnType.String, DatasetColumnRole.RowStatus, ""),
        ];
    }
}
