using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Expressions;
using FeatureService.Engine.Kernels;

namespace FeatureService.Engine.Planning;

/// <summary>Collects the aggregates of one source; what is equal is planned once.</summary>
/// <param name="source">The source.</param>
/// <param name="index">Its index in the catalog.</param>
/// <param name="clock">The catalog's zone.</param>
/// <param name="decays">The plan's half lives.</param>
internal sealed class SourcePlanBuilder(EventSource source, int index, ZoneClock clock, Decays decays)
{
    private readonly ProgramBuilder _rows = new(clock);
    private readonly List<SetPlan> _sets = [];
    private readonly List<ValuePlan> _values = [];
    private readonly List<TilePlan> _tiles = [];
    private readonly List<TileWindowPlan> _tileWindows = [];
    private readonly List<AggregatePlan> _aggregates = [];

    /// <summary>The aggregate's number in the plan; of an equal one where there is one.</summary>
    /// <param name="call">The aggregate.</param>
    /// <param name="seesAll">Whether events count before they are known.</param>
    /// <param name="window">Index of its window.</param>
    /// <param name="next">Its number if it is new.</param>
    public int Add(AggregateCall call, bool seesAll, int window, int next)
    {
        var where = call.Where is null ? -1 : _rows.Compile(call.Where, Leaf);
        var input = call.Input is null ? -1 : _rows.Compile(call.Input, Leaf);
        seesAll |= source.AvailableColumn < 0;
        Index(_sets, new SetPlan(where, -1, seesAll));
        var set = Index(_sets, new SetPlan(where, input, seesAll));
        var inputType = call.Input?.Type ?? ColumnType.None;
        var (form, tiles) = Needs(call.Function, inputType);
        var values = form is { } wanted ? Index(_values, new ValuePlan(set, input, wanted)) : -1;
        var decay = call.Arguments.HalfLife is { } halfLife ? decays.Of(halfLife) : null;
        var order = call.OrderBy is null ? -1 : Index(_values, new ValuePlan(set, _rows.Compile(call.OrderBy, Leaf), ValueForm.Key));
        var tileWindow = tiles is { } kind
            ? Index(_tileWindows, new TileWindowPlan(Index(_tiles, new TilePlan(values, kind, decay)), window))
            : -1;
        var plan = new AggregatePlan(
            next, call.Function, call.Arguments, call.Custom, call.Type, inputType, set, values, order, tileWindow, window);
        var found = _aggregates.FindIndex(aggregate => aggregate with { Index = next } == plan);
        if (found < 0)
        {
            _aggregates.Add(plan);
            return next;
        }

        return _aggregates[found].Index;
    }

    /// <summary>The finished plan.</summary>
    public SourcePlan Build() => new()
    {
        Source = index,
        HasAvailability = source.AvailableColumn >= 0,
        Clock = clock,
        Rows = _rows.Build(),
        Sets = [.. _sets],
        BaseOf = [.. _sets.Select(set => _sets.IndexOf(set with { Input = -1 }))],
        Values = [.. _values],
        Tiles = [.. _tiles],
        TileWindows = [.. _tileWindows],
        Aggregates = [.. _aggregates],
        Windows = [.. _aggregates.Select(aggregate => aggregate.Window).Distinct()],
    };

    private static int Index<T>(List<T> list, T item)
    {
        var index = list.IndexOf(item);
        if (index < 0)
        {
            index = list.Count;
            list.Add(item);
        }

        return index;
    }

    /// <summary>In which form an aggregate wants its values, and which tiles it is made of.</summary>
    private static (ValueForm? Form, TileKind? Tiles) Needs(AggregateFunction function, ColumnType input) => function switch
    {
        AggregateFunction.Count or AggregateFunction.DaysSinceFirst or AggregateFunction.DaysSinceLast
            or AggregateFunction.DaysUntilFirst or AggregateFunction.AvgGapDays or AggregateFunction.LongestGapDays
            or AggregateFunction.ActiveDays or AggregateFunction.ActiveWeeks => (null, null),
        AggregateFunction.CountDistinct or AggregateFunction.Quantile or AggregateFunction.Top or AggregateFunction.Entropy =>
            (ValueForm.Key, null),
        AggregateFunction.Sum or AggregateFunction.Avg =>
            input == ColumnType.Float64 ? (ValueForm.Float, TileKind.Sum) : (ValueForm.Integer, null),
        AggregateFunction.Min => (ValueForm.Key, TileKind.Min),
        AggregateFunction.Max => (ValueForm.Key, TileKind.Max),
        AggregateFunction.First or AggregateFunction.Last or AggregateFunction.NthLast or AggregateFunction.MinBy
            or AggregateFunction.MaxBy or AggregateFunction.Value => (input == ColumnType.Float64 ? ValueForm.Float : ValueForm.Integer, null),
        AggregateFunction.VarPop or AggregateFunction.VarSamp or AggregateFunction.StddevPop or AggregateFunction.StddevSamp =>
            (ValueForm.Float, TileKind.Moments),
        AggregateFunction.Skewness or AggregateFunction.Kurtosis => (ValueForm.Float, TileKind.HigherMoments),
        AggregateFunction.Slope => (ValueForm.Float, TileKind.Slope),
        AggregateFunction.Custom => (input switch { ColumnType.None => null, ColumnType.Float64 => ValueForm.Float, _ => ValueForm.Integer }, null),
        AggregateFunction.DecayedSum => (ValueForm.Float, TileKind.Decay),
        _ => throw new ArgumentOutOfRangeException(nameof(function), function, "no aggregate"),
    };

    private int Leaf(Expression expression) => expression is ColumnExpression column
        ? _rows.Input(ProgramInputKind.Column, column.Column, source.Columns[column.Column].Type)
        : throw new ArgumentException($"a {expression.GetType().Name} inside an aggregate", nameof(expression));
}
