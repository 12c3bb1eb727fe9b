using FeatureService.Client.Transport;
using FeatureService.Contracts.V1;
using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using Grpc.Core;
using ColumnType = FeatureService.Core.Columns.ColumnType;
using SnapshotTopology = FeatureService.Client.Transport.SnapshotTopology;
using WeekRange = FeatureService.Core.Calendar.WeekRange;

namespace FeatureService.Client.FanOut;

/// <summary>A grid with everything resolved once: the snapshot's id, the view's text, the weeks and the shards.</summary>
internal sealed record BackfillPlan
{
    /// <summary>The snapshot, by its id.</summary>
    public required SnapshotTopology Snapshot { get; init; }

    /// <summary>The view, by its text.</summary>
    public required ValidatedView View { get; init; }

    /// <summary>What every stream's header must say, the engine's version excepted.</summary>
    public required IReadOnlyList<DatasetColumn> Columns { get; init; }

    /// <summary>The weeks by their keys, as dates.</summary>
    public required WeekSpan Weeks { get; init; }

    /// <summary>Number of weeks.</summary>
    public required int WeekCount { get; init; }

    /// <summary>Version of what values mean.</summary>
    public required int EngineVersion { get; init; }

    /// <summary>The shards in row order.</summary>
    public required IReadOnlyList<Shard> Shards { get; init; }

    /// <summary>Whether every row exists, whatever the view's population says.</summary>
    public required bool IgnorePopulation { get; init; }

    /// <summary>Names of the columns asked for; empty for all.</summary>
    public required IReadOnlyList<string> ColumnNames { get; init; }

    /// <summary>Whether labels are asked for where no names are.</summary>
    public required bool Labels { get; init; }

    /// <summary>Resolves a query.</summary>
    /// <param name="client">The service.</param>
    /// <param name="query">What is asked.</param>
    /// <param name="cancellation">Ends the calls.</param>
    /// <exception cref="FeatureServiceException">The view or snapshot is wrong, or no endpoint answers.</exception>
    /// <exception cref="ArgumentException">Weeks, columns or entities are wrong.</exception>
    public static async Task<BackfillPlan> CreateAsync(FeatureServiceClient client, BackfillQuery query, CancellationToken cancellation)
    {
        var view = await client.ValidateAsync(query.View, query.Snapshot, cancellation).ConfigureAwait(false);
        var topology = await client.GetTopologyAsync(cancellation).ConfigureAwait(false);
        var snapshot = topology.Snapshots.FirstOrDefault(s => s.Id == view.SnapshotId)
            ?? throw new FeatureServiceException(
                StatusCode.FailedPrecondition, $"snapshot {view.SnapshotId} is no longer served")
            { Reason = "SNAPSHOT_GONE" };
        var (weeks, range) = ParseWeeks(query.Weeks, snapshot.WeekStart);
        return new BackfillPlan
        {
            Snapshot = snapshot,
            View = view,
            Columns = ColumnsOf(snapshot, view, query),
            Weeks = weeks,
            WeekCount = range.Count,
            EngineVersion = topology.EngineVersion,
            IgnorePopulation = query.IgnorePopulation,
            ColumnNames = query.Columns,
            Labels = query.Labels,
            Shards = await EntitiesAsync(client, query, snapshot, cancellation).ConfigureAwait(false) is { } entities
                ? ShardPlanner.OfKeys(snapshot, range.Count, entities)
                : ShardPlanner.OfAll(snapshot, range.Count),
        };
    }

    /// <summary>The request for a shard, from a cursor on.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="cursor">The cursor of the last slice that is stored; empty for all of the shard.</param>
    public BackfillRequest Request(Shard shard, Google.Protobuf.ByteString cursor)
    {
        var request = new BackfillRequest
        {
            View = Wire.Selector(ViewReference.OfText(View.Definition)),
            Snapshot = Wire.Selector(new SnapshotReference(Snapshot.Name, Snapshot.Id)),
            Columns = Wire.Selector(ColumnNames, Labels),
            Grid = new Grid { Weeks = Wire.Weeks(Weeks), IgnorePopulation = IgnorePopulation },
            Cursor = cursor,
        };
        if (shard.Keys is { } keys)
        {
            request.Grid.Keys = Wire.Keys(keys);
        }
        else
        {
            request.Grid.Slices = new SliceRun { Partition = shard.Partition, FirstSlice = shard.FirstSlice, SliceCount = shard.SliceCount };
        }

        request.AcceptEncodings.Add(Encoding.Plain);
        return request;
    }

    /// <summary>The request that explains the grid.</summary>
    /// <param name="keys">Entities of it; null for all of the snapshot.</param>
    public ExplainRequest ExplainRequest(IReadOnlyList<EntityKey>? keys) => new()
    {
        View = Wire.Selector(ViewReference.OfText(View.Definition)),
        Snapshot = Wire.Selector(new SnapshotReference(Snapshot.Name, Snapshot.Id)),
        Columns = Wire.Selector(ColumnNames, Labels),
        Grid = new Grid { Weeks = Wire.Weeks(Weeks), IgnorePopulation = IgnorePopulation, Keys = keys is null ? null : Wire.Keys(keys) },
    };

    /// <summary>The entities that the query names or samples; null for all.</summary>
    private static async Task<IReadOnlyList<EntityKey>?> EntitiesAsync(
        FeatureServiceClient client, BackfillQuery query, SnapshotTopology snapshot, CancellationToken cancellation)
    {
        if (query.Sample is not { } sample)
        {
            return query.Entities;
        }

        return query.Entities is null
            ? await SampleReader.ReadAsync(client, snapshot, query.Weeks.First, sample, cancellation).ConfigureAwait(false)
            : throw new ArgumentException("entities and a sample: expected at most one of them");
    }

    private static (WeekSpan Weeks, WeekRange Range) ParseWeeks(WeekSpan weeks, DayOfWeek weekStart)
    {
        // Week keys are dates: the zone moves cutoffs, not keys.
        var calendar = new WeekCalendar(ZoneRules.Utc, weekStart);
        if (!calendar.TryParse(weeks.First, out var first, out var error) || !calendar.TryParse(weeks.Last, out var last, out error))
        {
            throw new ArgumentException($"weeks: {error}");
        }

        if (last < first)
        {
            throw new ArgumentException($"weeks: the first, {weeks.First}, lies after the last, {weeks.Last}");
        }

        if (weeks.Step < 1)
        {
            throw new ArgumentException($"weeks: {weeks.Step} is no step: expected 1 or more");
        }

        var range = WeekRange.Between(first, last, weeks.Step);
        return (new WeekSpan(calendar.Format(range.First), calendar.Format(range.Last), range.Step), range);
    }

    private static List<DatasetColumn> ColumnsOf(SnapshotTopology snapshot, ValidatedView view, BackfillQuery query)
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
