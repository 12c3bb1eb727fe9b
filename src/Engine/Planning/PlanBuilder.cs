using FeatureService.Core.Calendar;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Planning;

/// <summary>From columns of a view to the program that computes them.</summary>
/// <param name="catalog">The catalog that the view is bound against.</param>
internal sealed class PlanBuilder(Catalog catalog)
{
    private readonly ZoneClock _clock = new(catalog.Calendar.Zone);
    private readonly Decays _decays = new(catalog.Calendar);
    private readonly SortedDictionary<int, SourcePlanBuilder> _sources = [];
    private readonly List<Window> _windows = [];
    private readonly Dictionary<(FeatureColumn Column, FeatureRole Role), int> _features = new(ByReference.Instance);
    private readonly List<AggregateCall> _calls = [];
    private int _aggregateCount;

    /// <summary>The program of some columns.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="population">Which rows exist; null for all.</param>
    /// <param name="isComputed">For each column whether it is computed.</param>
    public PlanProgram Build(IReadOnlyList<FeatureColumn> columns, FeatureColumn? population, bool[] isComputed)
    {
        var cells = new ProgramBuilder(_clock);
        int[] slots = [.. columns.Select((column, i) => isComputed[i] ? Feature(cells, column, column.Role) : PlanProgram.NotComputed)];
        var populationSlot = population is null ? PlanProgram.NoPopulation : Feature(cells, population, population.Role);
        SourcePlan[] sources = [.. _sources.Values.Select(source => source.Build())];
        AggregateCall[][] reads = [.. columns.Select(column => Reads(column.Expression))];
        var numbers = columns.Select((column, i) => isComputed[i] ? Numbers(column, reads[i]) : []).ToList();
        if (population is not null)
        {
            numbers.Add(Numbers(population, Reads(population.Expression)));
        }

        return new PlanProgram
        {
            Sources = sources,
            Windows = [.. _windows],
            Cells = cells.Build(),
            AggregateCount = _aggregateCount,
            CellWeight = CellWeight.Of(isComputed.Count(computed => computed), sources, _windows),
            OutputSlots = slots,
            PopulationSlot = populationSlot,
            Reads = reads,
            ReadNumbers = [.. numbers],
            Calls = [.. _calls],
            WrittenCounts = Written(population is null ? columns : [.. columns, population]),
        };
    }

    /// <summary>A column under the role of the one that asks: what a label uses, it sees as a label does.</summary>
    private int Feature(ProgramBuilder cells, FeatureColumn column, FeatureRole role)
    {
        if (!_features.TryGetValue((column, role), out var slot))
        {
            slot = cells.Compile(column.Expression, leaf => Leaf(cells, leaf, role));
            _features.Add((column, role), slot);
        }

        return slot;
    }

    private int Leaf(ProgramBuilder cells, Expression expression, FeatureRole role) => expression switch
    {
        AggregateExpression aggregate => cells.Input(ProgramInputKind.Aggregate, Aggregate(aggregate.Call, role), aggregate.Call.Type),
        FeatureExpression feature => Feature(cells, feature.Column, role),
        WeekExpression week => cells.Input(ProgramInputKind.Week, 0, week.Type),
        _ => throw new ArgumentException($"a {expression.GetType().Name} around aggregates", nameof(expression)),
    };

    private int Aggregate(AggregateCall call, FeatureRole role)
    {
        if (!_sources.TryGetValue(call.Source, out var source))
        {
            source = new SourcePlanBuilder(catalog.Sources[call.Source], call.Source, _clock, _decays);
            _sources.Add(call.Source, source);
        }

        var normalForm = call.Window.NormalForm;
        var window = _windows.FindIndex(known => known.NormalForm == normalForm);
        if (window < 0)
        {
            window = _windows.Count;
            _windows.Add(call.Window);
        }

        var index = source.Add(call, role == FeatureRole.Label, window, _aggregateCount);
        if (index == _aggregateCount)
        {
            _calls.Add(call);
            _aggregateCount++;
        }

        return index;
    }

    /// <summary>The numbers of a column's aggregates, which are planned already.</summary>
    private int[] Numbers(FeatureColumn column, AggregateCall[] calls) => [.. calls.Select(call => Aggregate(call, column.Role)).Distinct()];

    /// <summary>How often the definitions of columns, and of the features that they use, write an aggregate of each source.</summary>
    private static Dictionary<int, int> Written(IReadOnlyList<FeatureColumn> columns)
    {
        var seen = new HashSet<Expression>(ReferenceEqualityComparer.Instance);
        return columns.SelectMany(column => Reads(column.Expression, seen)).CountBy(call => call.Source).ToDictionary();
    }

    /// <summary>The aggregates of an expression; those of a feature that is used many times once.</summary>
    private static AggregateCall[] Reads(Expression expression) =>
        Reads(expression, new HashSet<Expression>(ReferenceEqualityComparer.Instance));

    /// <summary>The aggregates of an expression, what was seen before left out.</summary>
    private static AggregateCall[] Reads(Expression expression, HashSet<Expression> seen)
    {
        var calls = new List<AggregateCall>();
        Visit(expression);
        return [.. calls];

        void Visit(Expression node)
        {
            if (!seen.Add(node))
            {
                return;
            }

            switch (node)
            {
                case AggregateExpression aggregate:
                    calls.Add(aggregate.Call);
                    break;
                case FeatureExpression feature:
                    Visit(feature.Column.Expression);
                    break;
                case CallExpression call:
                    call.Arguments.ToList().ForEach(Visit);
                    break;
                case CaseExpression cases:
                    cases.Branches.ToList().ForEach(branch => Visit(branch.When));
                    cases.Branches.ToList().ForEach(branch => Visit(branch.Then));
                    Visit(cases.Else ?? cases);
                    break;
            }
        }
    }

    /// <summary>Columns by reference: as records they would be compared by all that they are made of.</summary>
    private sealed class ByReference : IEqualityComparer<(FeatureColumn Column, FeatureRole Role)>
    {
        public static ByReference Instance { get; } = new();

        public bool Equals((FeatureColumn Column, FeatureRole Role) x, (FeatureColumn Column, FeatureRole Role) y) =>
            ReferenceEquals(x.Column, y.Column) && x.Role == y.Role;

        public int GetHashCode((FeatureColumn Column, FeatureRole Role) pair) =>
            HashCode.Combine(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(pair.Column), pair.Role);
    }
}
