using CsCheck;
using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Definitions.Syntax;
using FeatureService.Engine.Planning;
using FeatureService.Testing;
using FeatureService.Testing.Generators;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>The canary: what happens, or becomes known, at or after a cutoff never changes a feature of that cutoff.</summary>
public sealed class LeakageTests
{
    private static readonly Gen<OracleCase> s_cases = CaseGen.Of(rowsMax: 30, depth: 1);

    /// <summary>Cases of many events, that of every aggregate in every form something is seen.</summary>
    private static readonly Gen<OracleCase> s_everyAggregate =
        CaseGen.Of(rowsMax: 120, depth: 0).Select(oracle => oracle with { ViewText = EveryAggregate.View });

    [Fact]
    public void Changing_adding_and_deleting_events_from_a_cutoff_on_leaves_its_features() =>
        Gen.Select(s_cases, s_cases, Gen.Int[0, 11], Gen.Bool).Sample(SeesNothing, iter: 1000);

    [Fact]
    public void No_aggregate_sees_what_is_known_from_the_cutoff_on_neither_with_lag_nor_by_nor_series() =>
        Gen.Select(s_everyAggregate, s_cases, Gen.Int[0, 11], Gen.Bool).Sample(SeesNothing, iter: 100);

    [Fact]
    public void Every_aggregate_sees_what_becomes_known_a_microsecond_before_the_cutoff()
    {
        var seen = new HashSet<string>();
        Gen.Select(s_everyAggregate, s_cases, Gen.Int[0, 11]).Sample(
            (oracle, other, index) =>
            {
                var week = oracle.Weeks[index % oracle.Weeks.Count];
                var changed = oracle with
                {
                    Rows = [.. oracle.Rows.Select((rows, source) => Seen(oracle, source, rows, other.Rows[source], week))],
                };
                var changes = Features(oracle, week).Zip(Features(changed, week)).Where(pair => pair.First != pair.Second);
                lock (seen)
                {
                    seen.UnionWith(changes.Select(pair => pair.First.Split(' ')[0]));
                }
            },
            iter: 100);
        var columns = ViewCompiler.Compile(EveryAggregate.View, "v.view.yaml", CaseGen.Example).View!.Columns.Select(column => column.Name);
        Assert.Empty(columns.Except(seen));
    }

    [Fact]
    public void Every_aggregate_that_a_feature_may_have_of_events_is_in_the_canary() => Assert.Equal(
        Vocabulary.Aggregates.Keys.Except(["days_until_first", "value"]).Order(),
        EveryAggregate.Aggregates.Select(aggregate => aggregate.Split('(')[0]).Order());

    private static void SeesNothing(OracleCase oracle, OracleCase other, int index, bool delete)
    {
        var week = oracle.Weeks[index % oracle.Weeks.Count];
        var cutoff = oracle.Catalog.Calendar.Cutoff(week);
        // Events of another case, moved to lie at or after the cutoff, take the place of those that lie there.
        var changed = oracle with
        {
            Rows =
            [
                .. oracle.Rows.Select((rows, source) => Changed(oracle, source, rows, delete ? [] : other.Rows[source], cutoff)),
            ],
        };
        Assert.Equal(Features(oracle, week), Features(changed, week));
    }

    /// <summary>What is known before the cutoff stays; the rest is replaced. Facts without time are always known.</summary>
    private static EventRow[] Changed(OracleCase oracle, int source, EventRow[] rows, EventRow[] others, long cutoff)
    {
        if (oracle.Catalog.Sources[source].Always)
        {
            return rows;
        }

        var known = oracle.Catalog.Sources[source].AvailableColumn;
        var keep = rows.Where(row => Known(row, known) is { } at && at < cutoff);
        var keys = rows.Select(row => row.Key).Distinct().ToArray();
        var add = keys.Length == 0 ? [] : others.Select((row, index) => Moved(row, keys[index % keys.Length], known, index, cutoff));
        return [.. keep, .. add];
    }

    private static long? Known(EventRow row, int known) =>
        known < 0 ? (long)row.Values[0]! : row.Values[known] is { } at ? Math.Max((long)row.Values[0]!, (long)at) : null;

    /// <summary>Known at the cutoff itself or later: by its time, or where it can be by its availability alone.</summary>
    private static EventRow Moved(EventRow row, EntityKey key, int known, int index, long cutoff)
    {
        var late = cutoff + (index % 3 * Instants.MicrosPerDay);
        return known < 0 || index % 2 == 0
            ? At(row, key, late, known, row.Values[^1] as long?)
            : At(row, key, cutoff - (index * Instants.MicrosPerHour), known, index % 5 == 1 ? null : late);
    }

    /// <summary>Events of another case are added that happened just before the cutoff or some days earlier, all known just before it.</summary>
    private static EventRow[] Seen(OracleCase oracle, int source, EventRow[] rows, EventRow[] others, int week)
    {
        if (oracle.Catalog.Sources[source].Always)
        {
            return rows;
        }

        var known = oracle.Catalog.Sources[source].AvailableColumn;
        var last = oracle.Catalog.Calendar.Cutoff(week) - 1;
        return
        [
            .. rows,
            .. others.Select((row, index) => At(row, Key(oracle, index % 4), last - (index % 5 * 6 * Instants.MicrosPerDay), known, last)),
        ];
    }

    private static EventRow At(EventRow row, EntityKey key, long time, int known, long? available)
    {
        var values = row.Values.ToArray();
        values[0] = time;
        if (known >= 0)
        {
            values[known] = available;
        }

        return new EventRow(key, values);
    }

    /// <summary>A line for each cell: column, entity, value.</summary>
    private static string[] Features(OracleCase oracle, int week)
    {
        var view = oracle.View();
        var plan = Plan.Create(oracle.Snapshot(), view, [.. view.Columns.Where(column => column.Role == FeatureRole.Feature)]);
        // Entities that only have events behind the cutoff may come or go: all entities are asked for by name.
        var keys = Enumerable.Range(0, 5).Select(number => Key(oracle, number)).ToArray();
        return
        [
            .. from row in Answer.OfList(plan, keys, [.. keys.Select(_ => week)])
               from value in row.Values.Zip(plan.Columns)
               select $"{value.Second.Name} {row.Key}: {value.First}",
        ];
    }

    private static EntityKey Key(OracleCase oracle, int number) =>
        oracle.Catalog.EntityType == EntityKeyType.Int64 ? EntityKey.Of(number - 1) : EntityKey.Of($"user {number}");
}
