using CsCheck;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Reference;
using FeatureService.Engine.Reference.Tracing;
using FeatureService.Testing;
using FeatureService.Testing.Generators;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>A trace names exactly the events that make a value.</summary>
public sealed class TraceTests
{
    private static readonly WeekCalendar s_calendar = Catalogs.Weeks("UTC");
    private static readonly int s_week = s_calendar.WeekOfDay(WeekCalendar.DayNumber(new DateOnly(2024, 3, 4)));

    [Fact]
    public void A_snapshot_of_the_counted_events_alone_gives_the_value_of_each_aggregate() => CaseGen.Of(rowsMax: 25, depth: 1).Sample(
        oracle =>
        {
            var view = oracle.View();
            var snapshot = oracle.Snapshot();
            var reference = new ReferenceEvaluator(snapshot);
            foreach (var key in oracle.Rows.SelectMany(rows => rows).Select(row => row.Key).Distinct().Take(3))
            {
                var week = oracle.Weeks.First + (int)(key.Hash % (uint)oracle.Weeks.Count);
                foreach (var column in view.Columns)
                {
                    var trace = reference.Entity(key).Trace(column, week);
                    Assert.Equal(Bits.Of(reference.Entity(key).Value(column, week)), Bits.Of(trace.Value));
                    foreach (var aggregate in trace.Aggregates)
                    {
                        Assert.Equal(Bits.Of(aggregate.Value), Bits.Of(Recomputed(oracle, key, column, week, aggregate)));
                    }
                }
            }
        },
        iter: 300);

    [Fact]
    public void Every_event_is_told_with_the_reason_why_it_did_not_count()
    {
        var trace = Trace(
            "sum(a.x where x <> 7) over 2w lag 1d",
            (-15 * 24, 1L, null), (-15 * 24 + 1, 2L, 24 * 20L), (-14 * 24, 7L, null), (-10 * 24, null, null), (-9 * 24, 3L, null), (-1, 4L, null));
        var aggregate = Assert.Single(trace.Aggregates);
        Assert.Equal(
            ["", "not known at the cutoff", "where is false", "where is null", "", "at or behind the window's end"],
            aggregate.Events.Select(e => e.Verdict.Reason()));
        Assert.Equal((4L, 4L, "incomplete"), (trace.Value, aggregate.Value, trace.Status));
        Assert.Equal(["x"], aggregate.Columns);
        Assert.Equal(s_calendar.Cutoff(s_week) - (15 * Instants.MicrosPerDay), aggregate.Start);
        Assert.Equal(s_calendar.Cutoff(s_week) - Instants.MicrosPerDay, aggregate.End);
    }

    [Fact]
    public void A_null_value_takes_a_place_among_the_last_events_and_does_not_enter()
    {
        var trace = Trace("sum(a.x) over last 3 events", (-400, 1L, null), (-300, 2L, null), (-200, null, null), (-100, 4L, null));
        var aggregate = Assert.Single(trace.Aggregates);
        Assert.Equal(["not among the last N", "", "the value is null", ""], aggregate.Events.Select(e => e.Verdict.Reason()));
        Assert.Equal(6L, aggregate.Value);
        Assert.Null(aggregate.Start);
    }

    [Fact]
    public void A_label_that_is_not_mature_says_what_it_waits_for()
    {
        var catalog = Catalogs.Of("UTC", Catalogs.Source("a", ("x", ColumnType.Int64)));
        var view = ViewCompiler.Compile("view: v\nlabels:\n  l: count(a) over next 2w\n", "v.view.yaml", catalog).View!;
        var snapshot = new MemorySnapshot(catalog, new Placement(1, 1), [[EventRow.Of(1, s_calendar.Cutoff(s_week) + 1, 5L)]]);
        var trace = new ReferenceEvaluator(snapshot).Entity(EntityKey.Of(1)).Trace(view.Columns[0], s_week);
        Assert.Equal("censored", trace.Status);
        Assert.Null(trace.Value);
        Assert.StartsWith("source a is complete until 2024-03-04T00:00:00.000001Z", trace.Immature, StringComparison.Ordinal);
        Assert.Equal(1L, trace.Aggregates[0].Value);
    }

    /// <summary>Events of entity 1, in hours from the cutoff, each with a value and how many hours later it became known.</summary>
    private static ValueTrace Trace(string definition, params (int Hours, long? Value, long? KnownAfter)[] events)
    {
        var catalog = Catalogs.Of("UTC", Catalogs.Source("a", ("x", ColumnType.Int64), ("known", ColumnType.Timestamp)));
        var a = catalog.Sources[0];
        catalog = catalog with { Sources = [a with { AvailableColumn = a.IndexOf("known") }] };
        var cutoff = s_calendar.Cutoff(s_week);
        var rows = events.Select(e =>
        {
            var time = cutoff + (e.Hours * Instants.MicrosPerHour);
            return EventRow.Of(1, time, e.Value, time + ((e.KnownAfter ?? 0) * Instants.MicrosPerHour));
        });
        var view = ViewCompiler.Compile($"view: v\nfeatures:\n  f: {definition}\n", "v.view.yaml", catalog).View!;
        var snapshot = new MemorySnapshot(catalog, new Placement(1, 1), [[.. rows]]);
        return new ReferenceEvaluator(snapshot).Entity(EntityKey.Of(1)).Trace(view.Columns[0], s_week);
    }

    /// <summary>The value of an aggregate on a snapshot that has only the events that the trace says counted.</summary>
    private static object? Recomputed(OracleCase oracle, EntityKey key, FeatureColumn column, int week, AggregateTrace aggregate)
    {
        var source = aggregate.Call.Source;
        var kept = aggregate.Events.Index().Where(e => e.Item.Verdict == EventVerdict.Counted).Select(e => e.Index).ToHashSet();
        var own = InEventOrder(oracle, source, key).Index().Where(row => kept.Contains(row.Index)).Select(row => row.Item);
        EventRow[][] rows = [.. oracle.Rows.Select((all, i) => i == source ? own.ToArray() : all)];
        var alone = new ReferenceEvaluator((oracle with { Rows = rows }).Snapshot()).Entity(key);
        var expression = new AggregateExpression { Call = aggregate.Call, Type = aggregate.Call.Type };
        // A feature's view of what is known is kept; a label's maturity depends on all events, so only the aggregate is evaluated.
        return alone.Trace(column with { Expression = expression }, week).Aggregates.Single().Value;
    }

    private static IEnumerable<EventRow> InEventOrder(OracleCase oracle, int source, EntityKey key)
    {
        var time = oracle.Catalog.Sources[source].TimeColumn;
        var rows = oracle.Rows[source].Where(row => row.Key == key);
        return time < 0 ? rows : rows.OrderBy(row => (long)row.Values[time]!);
    }
}
