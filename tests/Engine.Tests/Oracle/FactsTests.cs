using CsCheck;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Snapshots;
using FeatureService.Testing;
using FeatureService.Testing.Generators;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>Facts without time beside events.</summary>
public sealed class FactsTests
{
    [Fact]
    public void Facts_change_no_value_and_no_status_that_comes_of_events() => CaseGen.Of(rowsMax: 30, depth: 1)
        .Where(oracle => !oracle.ViewText.Contains("value(", StringComparison.Ordinal)).Sample(
        oracle =>
        {
            var without = oracle with { Rows = [oracle.Rows[0], oracle.Rows[1], []] };
            var keys = Enumerable.Range(0, 6).Select(number =>
                oracle.Catalog.EntityType == EntityKeyType.Int64 ? EntityKey.Of(number - 1) : EntityKey.Of($"user {number}")).ToArray();
            int[] weeks = [.. keys.Select(_ => oracle.Weeks.First)];
            Assert.Equal(Texts(without, keys, weeks), Texts(oracle, keys, weeks));
        },
        iter: 300);

    [Fact]
    public void An_entity_that_only_facts_know_has_rows_without_history()
    {
        var catalog = Catalogs.Of("UTC", Catalogs.Source("e"), Catalogs.Facts("u", ("city", ColumnType.String)));
        var snapshot = new MemorySnapshot(
            catalog, new Placement(1, 1), [[EventRow.Of(1, GeneratedEvents.Start)], [EventRow.Of(2, "Nara")]], [long.MaxValue, null]);
        var view = ViewCompiler.Compile("view: v\nfeatures:\n  n: count(e) over all\n", "v.view.yaml", catalog).View!;
        var week = catalog.Calendar.WeekOf(GeneratedEvents.Start) + 1;
        var rows = Answer.OfGrid(Plan.Create(snapshot, view, view.Columns), new WeekRange(week, 1));
        Assert.Equal([("1", "ok"), ("2", "no_history")], rows.Select(row => (row.Key.ToString(), row.Status)));
        Assert.Equal(long.MaxValue, snapshot.CompleteUntil(1));
    }

    [Fact]
    public void Times_and_first_cutoffs_of_facts_are_there_for_every_number_of_a_fact()
    {
        foreach (var count in new[] { 0, 1, 1024, 1025, 5000, 300 })
        {
            var facts = SourceEvents.OfFacts([0, count], []);
            Assert.Equal((count, count), (facts.Times.Length, facts.FirstCutoffs.Length));
            Assert.False(facts.Times.ContainsAnyExcept(SourceEvents.BeforeAllTime));
            Assert.False(facts.FirstCutoffs.ContainsAnyExcept(SourceEvents.Ever));
        }
    }

    [Fact]
    public void Generated_facts_are_at_most_one_an_entity_with_nulls_and_values_in_every_column_and_leave_the_events()
    {
        var (events, facts) = (new GeneratedSnapshot(500, 3, 20, 2), GeneratedSnapshot.WithFacts(500, 3, 20, 2));
        var known = 0;
        foreach (var id in new[] { new SliceId(0, 0), new SliceId(0, 1) })
        {
            var (slice, same) = (facts.Slice(id), events.Slice(id));
            Assert.Equal(same.Keys.Numbers.ToArray(), slice.Keys.Numbers.ToArray());
            Assert.Equal(same.FirstCutoffs.ToArray(), slice.FirstCutoffs.ToArray());
            for (var column = 0; column < events.Catalog.Sources[0].Columns.Length; column++)
            {
                Assert.True(same.Source(0).Column(column).Data.Span.SequenceEqual(slice.Source(0).Column(column).Data.Span));
            }

            var source = slice.Source(1);
            Assert.All(Enumerable.Range(0, slice.EntityCount), e => Assert.InRange(source.Offsets[e + 1] - source.Offsets[e], 0, 1));
            for (var column = 0; column < facts.Catalog.Sources[1].Columns.Length; column++)
            {
                var valid = Enumerable.Range(0, source.Count).Count(source.Column(column).IsValid);
                Assert.InRange(valid, source.Count / 2, source.Count - 1);
            }

            known += source.Count;
        }

        Assert.InRange(known, 400, 480);
    }

    [Fact]
    public void Two_rows_of_facts_of_an_entity_are_refused_in_memory_too() => Assert.Throws<ArgumentException>(() => new MemorySnapshot(
        Catalogs.Of("UTC", Catalogs.Facts("u")), new Placement(1, 1), [[EventRow.Of(1), EventRow.Of(1)]]));

    private static string[] Texts(OracleCase oracle, EntityKey[] keys, int[] weeks)
    {
        var view = oracle.View();
        return [.. Answer.OfList(Plan.Create(oracle.Snapshot(), view, view.Columns), keys, weeks).Select(row => $"{row.Status} {string.Join('|', row.Values)}")];
    }
}
