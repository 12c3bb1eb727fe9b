using FeatureService.Client.Transport;
using FeatureService.Contracts.V1;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using WeekRange = FeatureService.Core.Calendar.WeekRange;
using ZoneRules = FeatureService.Core.Calendar.ZoneRules;

namespace FeatureService.Client.FanOut;

/// <summary>A grid with everything resolved once: what is computed, the weeks and the shards.</summary>
internal sealed record BackfillPlan
{
    /// <summary>What is computed.</summary>
    public required ViewOnSnapshot Target { get; init; }

    /// <summary>The weeks by their keys, as dates.</summary>
    public required WeekSpan Weeks { get; init; }

    /// <summary>Number of weeks.</summary>
    public int WeekCount => WeekDays.Count;

    /// <summary>First days of the weeks, days since 1970-01-01, ascending.</summary>
    public required IReadOnlyList<int> WeekDays { get; init; }

    /// <summary>The shards in row order.</summary>
    public required IReadOnlyList<Shard> Shards { get; init; }

    /// <summary>Whether every row exists, whatever the view's population says.</summary>
    public required bool IgnorePopulation { get; init; }

    /// <summary>Whether the services use their cache; the rows are the same.</summary>
    public required Contracts.V1.CachePolicy Cache { get; init; }

    /// <summary>The form in which whole columns may arrive, finished for a file; null, the default, for none.</summary>
    public FinishedForm? Finished { get; init; }

    /// <summary>Resolves a query.</summary>
    /// <param name="client">The service.</param>
    /// <param name="query">What is asked.</param>
    /// <param name="cancellation">Ends the calls.</param>
    /// <exception cref="FeatureServiceException">The view or snapshot is wrong, or no endpoint answers.</exception>
    /// <exception cref="ArgumentException">Weeks, columns or entities are wrong.</exception>
    public static async Task<BackfillPlan> CreateAsync(FeatureServiceClient client, BackfillQuery query, CancellationToken cancellation)
    {
        var target = await ViewOnSnapshot.CreateAsync(client, query, cancellation).ConfigureAwait(false);
        var (weeks, days) = ParseWeeks(query.Weeks, target.Snapshot.WeekStart);
        return new BackfillPlan
        {
            Target = target,
            Weeks = weeks,
            WeekDays = days,
            IgnorePopulation = query.IgnorePopulation,
            Cache = Wire.Policy(query.Cache),
            Shards = await EntitiesAsync(client, query, target.Snapshot, cancellation).ConfigureAwait(false) is { } entities
                ? ShardPlanner.OfKeys(target.Snapshot, days.Count, entities)
                : ShardPlanner.OfAll(target.Snapshot, days.Count),
        };
    }

    /// <summary>The request for a shard, from a cursor on.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="cursor">The cursor of the last slice that is stored; empty for all of the shard.</param>
    public BackfillRequest Request(Shard shard, Google.Protobuf.ByteString cursor)
    {
        var request = new BackfillRequest
        {
            View = Target.ViewSelector,
            Snapshot = Target.SnapshotSelector,
            Columns = Target.ColumnSelector,
            Grid = new Grid { Weeks = Wire.Weeks(Weeks), IgnorePopulation = IgnorePopulation },
            Cursor = cursor,
            CachePolicy = Cache,
        };
        if (shard.Keys is { } keys)
        {
            request.Grid.Keys = Wire.Keys(keys);
        }
        else
        {
            request.Grid.Slices = new SliceRun { Partition = shard.Partition, FirstSlice = shard.FirstSlice, SliceCount = shard.SliceCount };
        }

        request.AcceptEncodings.Add(Wire.Encodings);
        if (Finished is { } form)
        {
            request.AcceptEncodings.Add((Encoding)form);
        }

        return request;
    }

    /// <summary>The request that explains the grid.</summary>
    /// <param name="keys">Entities of it; null for all of the snapshot.</param>
    public ExplainRequest ExplainRequest(IReadOnlyList<EntityKey>? keys) => new()
    {
        View = Target.ViewSelector,
        Snapshot = Target.SnapshotSelector,
        Columns = Target.ColumnSelector,
        Grid = new Grid { Weeks = Wire.Weeks(Weeks), IgnorePopulation = IgnorePopulation, Keys = keys is null ? null : Wire.Keys(keys) },
        CachePolicy = Cache,
    };

    /// <summary>The entities that the query names or samples; null for all.</summary>
    private static async Task<IReadOnlyList<EntityKey>?> EntitiesAsync(
        FeatureServiceClient client, BackfillQuery query, Transport.SnapshotTopology snapshot, CancellationToken cancellation)
    {
        if (query.Sample is not { } sample)
        {
            return query.Entities;
        }

        return query.Entities is null
            ? await SampleReader.ReadAsync(client, snapshot, query.Weeks.First, sample, cancellation).ConfigureAwait(false)
            : throw new ArgumentException("entities and a sample: expected at most one of them");
    }

    private static (WeekSpan Weeks, IReadOnlyList<int> Days) ParseWeeks(WeekSpan weeks, DayOfWeek weekStart)
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
        int[] days = [.. Enumerable.Range(0, range.Count).Select(i => calendar.FirstDay(range[i]))];
        return (new WeekSpan(calendar.Format(range.First), calendar.Format(range.Last), range.Step), days);
    }
}
