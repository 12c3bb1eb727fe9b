using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Definitions.NormalForms;
using FeatureService.Engine.Kernels;

namespace FeatureService.Engine.Planning;

/// <summary>The tile arrays of one source of a plan; null where what a plan has there depends on more than the events of a week.</summary>
/// <param name="Counts">By set the number of its events.</param>
/// <param name="States">By tiles their states.</param>
/// <param name="Sums">By values their sums as int64.</param>
internal sealed record SourceTiles(TileArray?[] Counts, TileArray?[] States, TileArray?[] Sums);

/// <summary>
/// The tile arrays of a plan. An array has a name of its own where the events of a week alone decide it: those of a label, and of a
/// source whose events are known at once; of others some are not visible yet to the cutoffs behind the week. Codes of texts mean
/// something in one slice only. Immutable.
/// </summary>
internal sealed class PlanTiles
{
    private static readonly Window _week = new(WindowKind.Over, new Length(1, LengthUnit.Week), 0, null);

    private readonly Catalog _catalog;
    private readonly PlanProgram _program;

    /// <summary>The arrays of a plan.</summary>
    public PlanTiles(Catalog catalog, PlanProgram program)
    {
        (_catalog, _program) = (catalog, program);
        Sources = [.. program.Sources.Select(Of)];
    }

    /// <summary>By source of the plan.</summary>
    public SourceTiles[] Sources { get; }

    /// <summary>What a column can be made of on some weeks; null where it needs events.</summary>
    /// <param name="column">Index of the column.</param>
    /// <param name="geometry">The plan on these weeks.</param>
    public TiledColumn? Of(int column, WeekGeometry geometry)
    {
        var (arrays, min, end) = (new List<TileArray>(), int.MaxValue, int.MinValue);
        foreach (var number in _program.ReadNumbers[column])
        {
            var (source, aggregate) = Find(number);
            var shape = geometry.Shapes[aggregate.Window];
            if (ArraysOf(source, aggregate) is not { } read || !IsWhole(shape))
            {
                return null;
            }

            arrays.AddRange(read);
            (min, end) = (Math.Min(min, shape.StartOffset), Math.Max(end, shape.EndOffset));
        }

        return arrays.Count == 0 ? null : new TiledColumn([.. arrays.DistinctBy(array => array.Fingerprint)], min, end);
    }

    /// <summary>The arrays that a run over events works out on some weeks, and for which weeks each is whole.</summary>
    /// <param name="geometry">The plan on these weeks.</param>
    public IEnumerable<TileWeeks> On(WeekGeometry geometry)
    {
        for (var source = 0; source < Sources.Length; source++)
        {
            var (first, end) = geometry.Reaches[source].WholeTiles(_catalog.Calendar, geometry.First, geometry.Count);
            var (counts, states, sums) = Sources[source];
            foreach (var array in counts.Concat(states).Concat(sums).OfType<TileArray>().Where(_ => first < end).DistinctBy(array => array.Fingerprint))
            {
                yield return new TileWeeks(array, first, end - first);
            }
        }
    }

    /// <summary>Whether a window is so many whole weeks, the same from every row.</summary>
    private static bool IsWhole(WindowShape shape) => shape.EventsMax == 0 && !shape.IsOpen && shape.Heads is null && shape.Tails is null
        && shape.StartOffset != WindowShape.Unaligned && shape.EndOffset != WindowShape.Unaligned && shape.StartOffset < shape.EndOffset;

    private (int Source, AggregatePlan Aggregate) Find(int number)
    {
        for (var source = 0; ; source++)
        {
            var index = Array.FindIndex(_program.Sources[source].Aggregates, aggregate => aggregate.Index == number);
            if (index >= 0)
            {
                return (source, _program.Sources[source].Aggregates[index]);
            }
        }
    }

    /// <summary>What an aggregate is made of where it is of tiles; null where it is not.</summary>
    private TileArray[]? ArraysOf(int source, in AggregatePlan aggregate)
    {
        var (counts, states, sums) = Sources[source];
        var state = aggregate.Function switch
        {
            AggregateFunction.Count => counts[aggregate.Set],
            _ when aggregate.TileWindow >= 0 => states[_program.Sources[source].TileWindows[aggregate.TileWindow].Tiles],
            AggregateFunction.Sum or AggregateFunction.Avg => sums[aggregate.Values],
            _ => null,
        };
        return state is null || counts[aggregate.Set] is not { } count ? null : [count, state];
    }

    private SourceTiles Of(SourcePlan source)
    {
        var tiles = new SourceTiles(new TileArray?[source.Sets.Length], new TileArray?[source.Tiles.Length], new TileArray?[source.Values.Length]);
        foreach (var aggregate in source.Aggregates)
        {
            var call = _program.Calls[aggregate.Index];
            if (!source.Sets[aggregate.Set].SeesAll || _catalog.Sources[source.Source].Always)
            {
                continue;
            }

            tiles.Counts[aggregate.Set] ??= ArrayOf(call, "count", AggregateFunction.Count, [ColumnType.Int64]);
            if (aggregate.TileWindow >= 0)
            {
                var index = source.TileWindows[aggregate.TileWindow].Tiles;
                var kind = source.Tiles[index].Kind;
                tiles.States[index] ??= aggregate.InputType == ColumnType.String ? null : ArrayOf(call, kind.ToString(), FunctionOf(kind), PlanesOf(kind));
            }
            else if (aggregate.Function is AggregateFunction.Sum or AggregateFunction.Avg)
            {
                tiles.Sums[aggregate.Values] ??= ArrayOf(call, "integer sum", AggregateFunction.Sum, [ColumnType.Int64]);
            }
        }

        return tiles;
    }

    /// <summary>An array's name is that of one of the aggregates that are made of it, over a week.</summary>
    private TileArray ArrayOf(AggregateCall call, string kind, AggregateFunction function, ColumnType[] planes)
    {
        var canonical = call with
        {
            Function = function,
            OrderBy = null,
            Custom = null,
            Window = _week,
            Arguments = function == AggregateFunction.DecayedSum ? call.Arguments : default,
        };
        var expression = new AggregateExpression { Type = canonical.Type, Call = canonical };
        var normalForm = $"tile: {kind} of {new NormalFormWriter(_catalog).Write(canonical)}";
        return new TileArray(Fingerprints.Of(_catalog, FeatureRole.Feature, expression, normalForm), call.Source, planes);
    }

    private static AggregateFunction FunctionOf(TileKind kind) => kind switch
    {
        TileKind.Sum => AggregateFunction.Sum,
        TileKind.Min => AggregateFunction.Min,
        TileKind.Max => AggregateFunction.Max,
        TileKind.Moments => AggregateFunction.VarPop,
        TileKind.HigherMoments => AggregateFunction.Skewness,
        TileKind.Slope => AggregateFunction.Slope,
        _ => AggregateFunction.DecayedSum,
    };

    private static ColumnType[] PlanesOf(TileKind kind) => kind switch
    {
        TileKind.Min or TileKind.Max => [ColumnType.Int64],
        TileKind.Moments => [ColumnType.Float64, ColumnType.Float64, ColumnType.Float64],
        TileKind.HigherMoments or TileKind.Slope =>
            [ColumnType.Float64, ColumnType.Float64, ColumnType.Float64, ColumnType.Float64, ColumnType.Float64],
        _ => [ColumnType.Float64],
    };
}
