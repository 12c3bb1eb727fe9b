using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;

namespace FeatureService.Client.Transport;

/// <summary>What a column of an answer is for.</summary>
public enum DatasetColumnRole
{
    /// <summary>The entity's key.</summary>
    Entity,

    /// <summary>The first day of the row's week.</summary>
    Week,

    /// <summary>A column of the caller's own, carried along from a spine.</summary>
    Spine,

    /// <summary>Known before the cutoff.</summary>
    Feature,

    /// <summary>What is to be predicted.</summary>
    Label,

    /// <summary><c>censored</c>, <c>incomplete</c>, <c>no_history</c> or <c>ok</c>.</summary>
    RowStatus,
}

/// <summary>One column of an answer or dataset.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Type of its values.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Fingerprint">For features and labels the hash of the definition and all that it reads; else empty.</param>
public sealed record DatasetColumn(string Name, ColumnType Type, DatasetColumnRole Role, string Fingerprint)
{
    /// <summary>Whether a value may be null: of features, labels and the caller's own columns.</summary>
    public bool Nullable => Role is DatasetColumnRole.Feature or DatasetColumnRole.Label or DatasetColumnRole.Spine;
}

/// <summary>What an answer was computed from, and its columns.</summary>
/// <param name="SnapshotId">Id of the snapshot's content.</param>
/// <param name="ViewVersion">Hash of the view.</param>
/// <param name="EngineVersion">Version of what values mean.</param>
/// <param name="Columns">The entity, <c>week</c>, features and labels in the order of the view, <c>row_status</c>.</param>
public sealed record AnswerHeader(string SnapshotId, string ViewVersion, int EngineVersion, IReadOnlyList<DatasetColumn> Columns);

/// <summary>The answer to a <see cref="FeatureVectorsQuery"/> or <see cref="FeatureRowsQuery"/>.</summary>
/// <param name="Header">What it was computed from, and its columns.</param>
/// <param name="RowCount">Number of rows.</param>
/// <param name="Columns">One for each column of the header.</param>
public sealed record FeatureVectors(AnswerHeader Header, int RowCount, IReadOnlyList<Column> Columns);

/// <summary>A view that binds against a snapshot's catalog.</summary>
/// <param name="Name"><c>team/view</c> of a published view, else the text's name.</param>
/// <param name="Version">Hash of the view.</param>
/// <param name="Definition">The view's text.</param>
/// <param name="SnapshotId">Id of the snapshot that it was bound against.</param>
/// <param name="Columns">Features and labels in the order of the view.</param>
public sealed record ValidatedView(
    string Name, string Version, string Definition, string SnapshotId, IReadOnlyList<DatasetColumn> Columns);

/// <summary>What the service holds.</summary>
/// <param name="Snapshots">The snapshots that are served, and behind them those before, which are found by their ids.</param>
/// <param name="EngineVersion">Version of what values mean.</param>
/// <param name="BackfillsInFlight">Backfills that one caller does well to keep in flight on one process; 0 where it does not say.</param>
/// <param name="AnswerBytesMax">Largest answer to a <see cref="FeatureVectorsQuery"/> or <see cref="FeatureRowsQuery"/>; 0 where it does not say.</param>
/// <param name="StreamIdsMax">Minibatches of a stream that may be unanswered.</param>
/// <param name="StreamRowsMax">Rows of a stream's minibatches that may be unanswered.</param>
public sealed record Topology(
    IReadOnlyList<SnapshotTopology> Snapshots, int EngineVersion, int BackfillsInFlight, long AnswerBytesMax, int StreamIdsMax, int StreamRowsMax);

/// <summary>One snapshot and how its entities are placed.</summary>
public sealed record SnapshotTopology
{
    /// <summary>Name under which it is served.</summary>
    public required string Name { get; init; }

    /// <summary>Id of its content.</summary>
    public required string Id { get; init; }

    /// <summary>Name of the entity's column.</summary>
    public required string EntityName { get; init; }

    /// <summary>Type of the entity's key.</summary>
    public required EntityKeyType EntityType { get; init; }

    /// <summary>Zone of weeks, days and hours, with the rules that are stored in the snapshot.</summary>
    public required ZoneRules Zone { get; init; }

    /// <summary>Day on which a week starts.</summary>
    public required DayOfWeek WeekStart { get; init; }

    /// <summary>Partitions and slices.</summary>
    public required Placement Placement { get; init; }

    /// <summary>Number of entities of each slice, by partition, then slice.</summary>
    public required IReadOnlyList<uint> SliceEntities { get; init; }

    /// <summary>Number of events.</summary>
    public required ulong Events { get; init; }
}
