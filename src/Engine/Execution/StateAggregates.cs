using FeatureService.Engine.Definitions;
using FeatureService.Engine.Expressions;
using FeatureService.Engine.Kernels;
using FeatureService.Engine.Planning;

namespace FeatureService.Engine.Execution;

/// <summary>Aggregates that are read from states that merge, or from where a window's events lie.</summary>
internal static unsafe class StateAggregates
{
    /// <summary>The values of an aggregate, by cell.</summary>
    /// <param name="aggregate">The aggregate.</param>
    /// <param name="set">Its events.</param>
    /// <param name="values">Their values, in the aggregate's form.</param>
    /// <param name="states">The states of its window, of an aggregate that has tiles.</param>
    /// <param name="shape">Its window.</param>
    /// <param name="rows">Memory for events.</param>
    /// <param name="arena">Memory of the result.</param>
    public static Lanes Value(
        in AggregatePlan aggregate, EventSet set, void* values, in Planes states, WindowShape shape, Arena rows, Arena arena)
    {
        var cells = set.Batch.CellCount;
        var span = set.SpanOf(shape, arena);
        var isFirst = aggregate.Function is AggregateFunction.First or AggregateFunction.DaysSinceFirst;
        return aggregate.Function switch
        {
            AggregateFunction.Count => Lanes.OfInts(span.Counts),
            AggregateFunction.First or AggregateFunction.Last => AggregateValues.Edge(set, span, (long*)values, aggregate.InputType, isFirst, arena),
            AggregateFunction.DaysSinceFirst or AggregateFunction.DaysSinceLast =>
                AggregateValues.DaysSince(set, span, shape.Ends, isFirst, arena),
            AggregateFunction.DecayedSum => Lanes.Of(states.First) with { Valid = span.NonEmpty },
            AggregateFunction.Sum when aggregate.TileWindow >= 0 => Lanes.Of(states.First) with { Valid = span.NonEmpty },
            AggregateFunction.Avg when aggregate.TileWindow >= 0 => AggregateValues.FloatAverage(states, span, cells, arena),
            AggregateFunction.Sum => AggregateValues.IntegerSum(new IntegerSums(set, values, rows), span, shape, cells, arena),
            AggregateFunction.Avg => AggregateValues.IntegerAverage(new IntegerSums(set, values, rows), span, shape, cells, arena),
            AggregateFunction.Min or AggregateFunction.Max => AggregateValues.Extreme(states, span, aggregate.InputType, cells, arena),
            AggregateFunction.Skewness => MomentValues.Of<Skewness>(states, cells, arena),
            AggregateFunction.Kurtosis => MomentValues.Of<Kurtosis>(states, cells, arena),
            AggregateFunction.Slope => MomentValues.Slope(states, cells, arena),
            _ => AggregateValues.Deviation(states, span, aggregate.Function, cells, arena),
        };
    }
}
