using FeatureService.Core.Calendar;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Expressions;
using FeatureService.Engine.Kernels;
using FeatureService.Engine.Planning;

namespace FeatureService.Engine.Execution;

/// <summary>Aggregates of a source that are functions of the events of a window, not of states that merge.</summary>
/// <param name="plan">The source's plan.</param>
/// <param name="rows">Memory for events, given back after each batch.</param>
/// <param name="cells">Memory for results.</param>
internal sealed unsafe class EventAggregates(SourcePlan plan, Arena rows, Arena cells)
{
    private readonly DistinctCount _distinct = new();
    private readonly RankedValues?[] _ranked = new RankedValues?[plan.Values.Length];

    /// <summary>Forgets the events of the batch before.</summary>
    public void Begin() => Array.Clear(_ranked);

    /// <summary>The values of an aggregate, by cell; null of one that is made of other things.</summary>
    /// <param name="aggregate">The aggregate.</param>
    /// <param name="set">Its events.</param>
    /// <param name="values">Their values, in the aggregate's form.</param>
    /// <param name="order">What they are compared by, as keys.</param>
    /// <param name="shape">Its window.</param>
    /// <param name="cutoffs">For each week its cutoff.</param>
    public Lanes? Value(in AggregatePlan aggregate, EventSet set, long* values, long* order, WindowShape shape, long[] cutoffs) =>
        aggregate.Function switch
        {
            AggregateFunction.CountDistinct when shape.EventsMax == 0 => Distinct(set, values, shape),
            AggregateFunction.CountDistinct => Distinct(set, Ranked(aggregate.Values, set, values), shape),
            AggregateFunction.ActiveDays => Active(set, Days(set), shape),
            AggregateFunction.ActiveWeeks => Active(set, Weeks(set), shape),
            AggregateFunction.Quantile => Quantile(aggregate, set, Ranked(aggregate.Values, set, values), shape),
            AggregateFunction.Top => Top(aggregate, set, Ranked(aggregate.Values, set, values), shape),
            AggregateFunction.Entropy => Entropy(set, Ranked(aggregate.Values, set, values), shape),
            AggregateFunction.NthLast =>
                EventValues.FromLast(set, set.SpanOf(shape, cells), values, aggregate.InputType, aggregate.Arguments.Rank, cells),
            AggregateFunction.MinBy or AggregateFunction.MaxBy => Extreme(aggregate, set, values, order, shape),
            AggregateFunction.Value =>
                AggregateValues.Edge(set.SpanOf(shape, cells), values, aggregate.InputType, isFirst: true, set.Batch.CellCount, cells),
            AggregateFunction.DaysUntilFirst => EventGaps.UntilFirst(set, set.SpanOf(shape, cells), cutoffs, cells),
            AggregateFunction.AvgGapDays => EventGaps.Average(set, set.SpanOf(shape, cells), cells),
            AggregateFunction.LongestGapDays => EventGaps.Longest(set, set.SpanOf(shape, cells), cells),
            _ => null,
        };

    /// <summary>Sorted once for all aggregates of the same values.</summary>
    private RankedValues Ranked(int index, EventSet set, long* keys) => _ranked[index] ??= new RankedValues(set, keys, rows);

    private Lanes Distinct(EventSet set, long* keys, WindowShape shape)
    {
        var target = cells.Take<long>(set.Batch.CellCount);
        _distinct.Run(set, keys, shape, target);
        return Lanes.Of(target);
    }

    private Lanes Distinct(EventSet set, RankedValues ranked, WindowShape shape)
    {
        var target = cells.TakeCleared<long>(set.Batch.CellCount);
        var state = new DistinctOperator(ranked, target, cells);
        SlidingWindow.Run(set, set.SpanOf(shape, cells), ref state);
        return Lanes.Of(target);
    }

    private Lanes Active(EventSet set, long* keys, WindowShape shape) =>
        shape.EventsMax == 0 ? Distinct(set, keys, shape) : Distinct(set, new RankedValues(set, keys, rows), shape);

    /// <summary>The local date of each event.</summary>
    private long* Days(EventSet set)
    {
        var days = rows.Take<long>(set.Count);
        var interval = 0;
        for (var i = 0; i < set.Count; i++)
        {
            days[i] = Instants.DayOf(plan.Clock.ToLocal(set.Times[i], ref interval));
        }

        return days;
    }

    /// <summary>The week of each event, or rather the one behind.</summary>
    private long* Weeks(EventSet set)
    {
        var weeks = rows.Take<long>(set.Count);
        for (var i = 0; i < set.Count; i++)
        {
            weeks[i] = set.Cuts[i];
        }

        return weeks;
    }

    private Lanes Quantile(in AggregatePlan aggregate, EventSet set, RankedValues ranked, WindowShape shape)
    {
        var span = set.SpanOf(shape, cells);
        var target = cells.Take<double>(set.Batch.CellCount);
        var state = new QuantileOperator(ranked, aggregate.InputType, aggregate.Arguments.Fraction, target, cells);
        SlidingWindow.Run(set, span, ref state);
        return Lanes.Of(target) with { Valid = span.NonEmpty };
    }

    private Lanes Top(in AggregatePlan aggregate, EventSet set, RankedValues ranked, WindowShape shape)
    {
        var target = cells.TakeCleared<long>(set.Batch.CellCount);
        var valid = cells.TakeCleared<ulong>(BitWords.Count(set.Batch.CellCount));
        var state = new TopOperator(ranked, aggregate.Arguments.Rank, target, valid, cells);
        SlidingWindow.Run(set, set.SpanOf(shape, cells), ref state);
        return EventValues.OfKeys(target, valid, aggregate.InputType, set.Batch.CellCount, cells);
    }

    private Lanes Entropy(EventSet set, RankedValues ranked, WindowShape shape)
    {
        var span = set.SpanOf(shape, cells);
        var target = cells.Take<double>(set.Batch.CellCount);
        var state = new EntropyOperator(ranked, target, cells);
        SlidingWindow.Run(set, span, ref state);
        return Lanes.Of(target) with { Valid = span.NonEmpty };
    }

    private Lanes Extreme(in AggregatePlan aggregate, EventSet set, long* values, long* order, WindowShape shape)
    {
        var keys = order;
        if (aggregate.Function == AggregateFunction.MaxBy)
        {
            keys = rows.Take<long>(set.Count);
            for (var i = 0; i < set.Count; i++)
            {
                // The complement turns the order round and cannot overflow.
                keys[i] = ~order[i];
            }
        }

        return EventValues.OfLeast(set, set.SpanOf(shape, cells), keys, values, aggregate.InputType, cells);
    }
}
