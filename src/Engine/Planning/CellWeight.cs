using FeatureService.Core.Calendar;
using FeatureService.Engine.Definitions;

namespace FeatureService.Engine.Planning;

/// <summary>What a cell of a plan costs, in values of the cheap kinds, so that tasks of a plan with costly aggregates hold fewer cells.</summary>
internal static class CellWeight
{
    // A cheap value takes 1 to 2 ns; one that is found among sorted values 20 to 30, one of so many latest events about 10.
    private const int OfRanked = 16;
    private const int OfLatest = 8;

    /// <summary>The weight of a cell of all columns.</summary>
    /// <param name="columnCount">Number of columns.</param>
    /// <param name="sources">What is computed for them.</param>
    /// <param name="windows">The windows of the plan.</param>
    public static int Of(int columnCount, SourcePlan[] sources, IReadOnlyList<Window> windows) =>
        Math.Max(1, columnCount) + sources.Sum(source => source.Aggregates.Sum(aggregate => Of(aggregate, windows[aggregate.Window])));

    private static int Of(in AggregatePlan aggregate, Window window) => aggregate.Function switch
    {
        AggregateFunction.Quantile or AggregateFunction.Top or AggregateFunction.Entropy => OfRanked,
        _ => window.Kind == WindowKind.LastEvents ? OfLatest : 0,
    };
}
