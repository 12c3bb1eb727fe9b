using FeatureService.Engine.Definitions;
using FeatureService.Registry;
using FeatureService.Tests.Support;

namespace FeatureService.Tests.Registry;

public sealed class BoundViewsTests
{
    private readonly BoundViews _bound = new();

    [Fact]
    public void A_whole_view_is_planned_once_with_and_without_its_labels()
    {
        var view = _bound.Bind(Taxi.View, "v.view.yaml", Taxi.Snapshot);

        var features = _bound.Plan(Taxi.Snapshot, view, labels: false, hasPopulation: false);
        var all = _bound.Plan(Taxi.Snapshot, view, labels: true, hasPopulation: false);

        Assert.Equal(view.Columns.Where(c => c.Role == FeatureRole.Feature), features.Columns);
        Assert.Equal(view.Columns, all.Columns);
        Assert.Same(features, _bound.Plan(Taxi.Snapshot, view, labels: false, hasPopulation: false));
        Assert.Same(all, _bound.Plan(Taxi.Snapshot, view, labels: true, hasPopulation: true));
        Assert.Same(all, _bound.Plan(Taxi.Snapshot, view, view.Columns));
    }

    [Fact]
    public void A_population_makes_another_plan()
    {
        var view = _bound.Bind(Taxi.View.Replace("view: taxi", "view: taxi\npopulation: count(rides) over 4w > 0", StringComparison.Ordinal), "v.view.yaml", Taxi.Snapshot);
        Assert.NotNull(_bound.Plan(Taxi.Snapshot, view, labels: true, hasPopulation: true).Population);
        Assert.Null(_bound.Plan(Taxi.Snapshot, view, labels: true, hasPopulation: false).Population);
    }

    [Fact]
    public void Another_snapshot_of_the_same_content_has_a_plan_of_its_own()
    {
        var (one, other) = (Taxi.Make(2, 2), Taxi.Make(2, 2));
        Assert.Equal(one.Id, other.Id);
        var view = _bound.Bind(Taxi.View, "v.view.yaml", one);
        Assert.Same(one, _bound.Plan(one, view, labels: true, hasPopulation: false).Snapshot);

        _bound.KeepOnly([]);
        Assert.Same(other, _bound.Plan(other, view, labels: true, hasPopulation: false).Snapshot);
    }
}
