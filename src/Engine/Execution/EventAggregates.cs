using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
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
    private readonly bool[] _isRanked = new bool[plan.Values.Length];
    private readonly RankedValues _ownRanked = new();

    /// <summary>Forgets the events of the batch before.</summary>
    public void Begin() => Array.Clear(_isRanked);

    /// <summary>The values of an aggregate, by cell; null of one that is made of other things.</summary>
    /// <param name="aggregate">The aggregate.</param>
    /// <param name="set">Its events.</param>
    /// <param name="values">Their values, in the aggregate's form.</param>
    /// <param name="order">What they are compared by, as keys.</param>
    /// <param name="shape">Its window.</param>
    /// <param name="cutoffs">For each week its cutoff.</param>
    public Lanes? Value(in AggregatePlan aggregate, EventSet set, long* values, long* order, WindowShape shape, long[] cutoffs)
    {
        if (IsRanked(aggregate.Function, shape) && !_isRanked[aggregate.Values])
        {
            // Sorted once for all aggregates of the same values.
            _ranked[aggregate.Values] = (_ranked[aggregate.Values] ?? new RankedValues()).Set(set, values, rows);
            _isRanked[aggregate.Values] = true;
        }

        var place = rows.Mark();
        var lanes = aggregate.Function switch
        {
            AggregateFunction.CountDistinct => Distinct(set, values, _isRanked[aggregate.Values] ? _ranked[aggregate.Values] : null, shape),
            AggregateFunction.ActiveDays => Distinct(set, Days(set), null, shape),
            AggregateFunction.ActiveWeeks => Distinct(set, Weeks(set), null, shape),
            _ => OfEvents(aggregate, set, set.SpanOf(shape, cells), values, order, shape, cutoffs),
        };
        rows.Release(place);
        return lanes;
    }

    private static bool IsRanked(AggregateFunction function, WindowShape shape) =>
        function is AggregateFunction.Quantile or AggregateFunction.Top or AggregateFunction.Entropy
        || (function == AggregateFunction.CountDistinct && shape.EventsMax > 0);

    private Lanes? OfEvents(in AggregatePlan aggregate, EventSet set, EventSpan span, long* values, long* order, WindowShape shape, long[] cutoffs) =>
        aggregate.Function switch
        {
            AggregateFunction.Quantile => Quantile(aggregate, set, span),
            AggregateFunction.Top => Top(aggregate, set, span),
            AggregateFunction.Entropy => Entropy(aggregate, set, span),
            AggregateFunction.NthLast => EventValues.FromLast(set, span, values, aggregate.InputType, aggregate.Arguments.Rank, cells),
            AggregateFunction.MinBy => EventValues.OfLeast(set, span, order, values, aggregate.InputType, cells, rows),
            AggregateFunction.MaxBy => EventValues.OfLeast(set, span, Complement(set, order), values, aggregate.InputType, cells, rows),
            AggregateFunction.Value => AggregateValues.Edge(set, span, values, aggregate.InputType, isFirst: true, cells),
            AggregateFunction.DaysUntilFirst => EventGaps.UntilFirst(set, span, cutoffs, cells),
            AggregateFunction.AvgGapDays => EventGaps.Average(set, span, cells),
            AggregateFunction.LongestGapDays => EventGaps.Longest(set, span, cells, rows),
            AggregateFunction.Custom => Custom(aggregate, set, span, values, shape),
            _ => null,
        };

    /// <summary>How many keys differ; of latest events by their ranks, which are made where nobody has made them yet.</summary>
    private Lanes Distinct(EventSet set, long* keys, RankedValues? ranked, WindowShape shape)
    {
        if (shape.EventsMax == 0)
        {
            var counts = cells.TakeCleared<int>(set.Batch.CellCount);
            _distinct.Run(set, keys, shape, counts);
            return Lanes.OfInts(counts);
        }

        var target = cells.TakeCleared<long>(set.Batch.CellCount);
        var state = new DistinctOperator(ranked ?? _ownRanked.Set(set, keys, rows), target, rows);
        SlidingWindow.Run(set, set.SpanOf(shape, cells), ref state);
        return Lanes.Of(target);
    }

    /// <summary>An aggregate of C#.</summary>
    private Lanes Custom(in AggregatePlan aggregate, EventSet set, EventSpan span, long* values, WindowShape shape)
    {
        var target = cells.TakeCleared<long>(set.Batch.CellCount);
        var valid = cells.TakeCleared<ulong>(BitWords.Count(set.Batch.CellCount));
        aggregate.Custom!.Accept(new CustomWindows(set, Days(set), values, shape, span, target, valid));
        return Lanes.Of(aggregate.Type == ColumnType.Bool ? AggregateValues.Bits(target, set.Batch.CellCount, cells) : target) with { Valid = valid };
    }

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

    /// <summary>Keys in the opposite order; unlike a negative, a complement cannot overflow.</summary>
    private long* Complement(EventSet set, long* keys)
    {
        var opposite = rows.Take<long>(set.Count);
        for (var i = 0; i < set.Count; i++)
        {
            opposite[i] = ~keys[i];
        }

        return opposite;
    }

    private Lanes Quantile(in AggregatePlan aggregate, EventSet set, EventSpan span)
    {
        var target = cells.Take<double>(set.Batch.CellCount);
        var state = new QuantileOperator(_ranked[aggregate.Values]!, aggregate.InputType, aggregate.Arguments.Fraction, target, rows);
        SlidingWindow.Run(set, span, ref state);
        return Lanes.Of(target) with { Valid = span.NonEmpty };
    }

    private Lanes Top(in AggregatePlan aggregate, EventSet set, EventSpan span)
    {
        var target = cells.TakeCleared<long>(set.Batch.CellCount);
        var valid = cells.TakeCleared<ulong>(BitWords.Count(set.Batch.CellCount));
        var state = new TopOperator(_ranked[aggregate.Values]!, aggregate.Arguments.Rank, target, valid, rows);
        SlidingWindow.Run(set, span, ref state);
        return EventValues.OfKeys(target, valid, aggregate.InputType, set.Batch.CellCount, cells);
    }

    private Lanes Entropy(in AggregatePlan aggregate, EventSet set, EventSpan span)
    {
        var target = cells.Take<double>(set.Batch.CellCount);
        var state = new EntropyOperator(_ranked[aggregate.Values]!, target, rows);
        SlidingWindow.Run(set, span, ref state);
        return Lanes.Of(target) with { Valid = span.NonEmpty };
    }
}
