using CsCheck;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Planning;
using FeatureService.Testing;
using FeatureService.Testing.Generators;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>Windows of so many latest events, of every aggregate.</summary>
public sealed class LatestEventsTests
{
    private static readonly Gen<string> s_windows =
        from count in Gen.Frequency((6, (IGen<int>)Gen.Int[1, 5]), (2, Gen.Int[6, 30]), (1, Gen.Const(int.MaxValue)))
        from lag in Gen.OneOf("", "", " lag 1w", " lag 3d", " lag 30h")
        select $"last {count} events{lag}";

    private static readonly Gen<string> s_aggregates =
        from type in Gen.OneOf(ColumnType.Int64, ColumnType.Float64, ColumnType.Float64, ColumnType.String, ColumnType.Bool)
        from aggregate in AggregateGen.Of(type, isLabel: false, depth: 1, s_windows)
        select aggregate;

    [Fact]
    public void Windows_of_latest_events_have_the_bits_of_the_reference() =>
        Gen.Select(CaseGen.Of(rowsMax: 60, depth: 0), s_aggregates.Array[1, 5]).Sample(
            (oracle, aggregates) =>
            {
                var lines = aggregates.Index().Select(line => $"  x{line.Index}: '{line.Item.Replace("'", "''")}'\n");
                var latest = oracle with { ViewText = $"view: latest\nfeatures:\n{string.Concat(lines)}" };
                var plan = Plan.Create(latest.Snapshot(), latest.View(), latest.View().Columns);
                Expected.Equal(plan, Expected.OfGrid(plan, latest.Weeks), Answer.OfGrid(plan, latest.Weeks));
            },
            iter: 500);

    /// <summary>Of the events (greatest int64, 1), (2, null), (null, 5), (3, 9), (4, null) in one week, for the cutoff behind it.</summary>
    [Theory]
    [InlineData("count(a) over last 9 events", "Int64 5")]
    [InlineData("sum(a.x) over last 2 events", "Int64 7")]
    [InlineData("sum(a.x) over last 2 events lag 1w", "null")]
    // What where does not keep takes no place; a null value takes one.
    [InlineData("sum(a.x where x <> 4) over last 2 events", "Int64 5")]
    [InlineData("count(a.x) over last 3 events", "Int64 2")]
    [InlineData("min_by(a.x, y) over last 3 events", "Int64 3")]
    [InlineData("nth_last(a.x, 3) over last 4 events", "Int64 2")]
    [InlineData("nth_last(a.x, 3) over last 3 events", "null")]
    // An overflow before the latest is not looked at.
    [InlineData("max(a.x + 1) over last 4 events", "Int64 5")]
    [InlineData("max(a.x + 1) over last 5 events", "overflow")]
    [InlineData("count(a where x + 1 > 3) over last 2 events", "Int64 2")]
    [InlineData("count(a where x + 1 > 3) over last 3 events", "overflow")]
    public void Counted_by_hand(string definition, string expected)
    {
        var catalog = Catalogs.Of("UTC", Catalogs.Source("a", ("x", ColumnType.Int64), ("y", ColumnType.Int64)));
        var view = ViewCompiler.Compile($"view: v\nfeatures:\n  f: {definition}\n", "v.view.yaml", catalog).View!;
        (long? X, long? Y)[] values = [(long.MaxValue, 1), (2, null), (null, 5), (3, 9), (4, null)];
        var start = catalog.Calendar.Cutoff(100);
        var rows = values.Select((value, i) => EventRow.Of(7, start + i, value.X, value.Y)).ToArray();
        var plan = Plan.Create(new MemorySnapshot(catalog, new Placement(1, 1), [rows]), view, view.Columns);
        Assert.Equal([expected], Answer.OfList(plan, [EntityKey.Of(7)], [101]).Single().Values);
    }
}
