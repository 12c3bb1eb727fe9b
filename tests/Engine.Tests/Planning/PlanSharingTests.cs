using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Planning;
using FeatureService.Testing;

namespace FeatureService.Engine.Tests.Planning;

/// <summary>What is equal is planned once, what differs apart.</summary>
public sealed class PlanSharingTests
{
    [Theory]
    [InlineData("median(a.x) over 4w", "quantile(a.x, 0.5) over 4w", 1)]
    [InlineData("quantile(a.x, 0.5) over 4w", "quantile(a.x, 0.9) over 4w", 2)]
    [InlineData("mode(a.x) over 4w", "top(a.x, 1) over 4w", 1)]
    [InlineData("top(a.x, 1) over 4w", "top(a.x, 2) over 4w", 2)]
    [InlineData("min_by(a.x, y) over 4w", "min_by(a.x, y) over 28d", 1)]
    [InlineData("min_by(a.x, y) over 4w", "min_by(a.x, z) over 4w", 2)]
    [InlineData("nth_last(a.x, 2) over last 9 events", "nth_last(a.x, 2) over last 8 events", 2)]
    public void Aggregates_are_shared_where_function_arguments_and_window_are_equal(string first, string second, int count)
    {
        var source = Catalogs.Source("a", ("x", ColumnType.Int64), ("y", ColumnType.Int64), ("z", ColumnType.Int64));
        var catalog = Catalogs.Of("UTC", source);
        var view = ViewCompiler.Compile($"view: v\nfeatures:\n  f: {first}\n  g: {second}\n", "v.view.yaml", catalog).View!;
        var plan = Plan.Create(new MemorySnapshot(catalog, new Placement(1, 1), [[]]), view, view.Columns);
        Assert.Equal(count, plan.Program.AggregateCount);
    }

    [Fact]
    public void Quantiles_and_frequencies_of_the_same_values_are_sorted_once()
    {
        var catalog = Catalogs.Of("UTC", Catalogs.Source("a", ("x", ColumnType.Float64)));
        const string Text =
            "view: v\nfeatures:\n  f: median(a.x) over 4w\n  g: mode(a.x) over 8w\n  h: entropy(a.x) over all\n  i: count_distinct(a.x) over 4w\n";
        var view = ViewCompiler.Compile(Text, "v.view.yaml", catalog).View!;
        var plan = Plan.Create(new MemorySnapshot(catalog, new Placement(1, 1), [[]]), view, view.Columns);
        Assert.Single(Assert.Single(plan.Program.Sources).Values);
    }

    [Theory]
    [InlineData("sum(a.x) over 4w", 1)]
    [InlineData("sum(a.x) over 4w / sum(a.x) over 4w lag 4w", 1)]
    [InlineData("median(a.x) over 4w", 17)]
    [InlineData("median(a.x) over 4w - median(a.x) over 4w", 17)]
    [InlineData("top(a.x, 1) over 4w - top(a.x, 2) over 4w", 33)]
    [InlineData("sum(a.x) over last 5 events", 9)]
    public void Costly_aggregates_weigh_more_equal_ones_once(string definition, int weight)
    {
        var catalog = Catalogs.Of("UTC", Catalogs.Source("a", ("x", ColumnType.Float64)));
        var view = ViewCompiler.Compile($"view: v\nfeatures:\n  f: {definition}\n", "v.view.yaml", catalog).View!;
        Assert.Equal(weight, Plan.Create(new MemorySnapshot(catalog, new Placement(1, 1), [[]]), view, view.Columns).Program.CellWeight);
    }
}
