using System.Numerics;

namespace FeatureService.Engine.Planning;

/// <summary>Adds up what the steps of a plan cost, and which aggregates they are for.</summary>
/// <param name="program">The steps.</param>
/// <param name="geometry">The windows on the grid's weeks.</param>
/// <param name="grid">How much the grid is.</param>
internal sealed class CostModel(PlanProgram program, WeekGeometry geometry, GridCounts grid)
{
    private readonly double[] _byAggregate = new double[program.AggregateCount];

    /// <summary>Everything, once <see cref="ByAggregate"/> has added it up.</summary>
    public double Nanoseconds { get; private set; }

    /// <summary>For each column of the output the nanoseconds of its aggregates, of those that it shares its part, and of its output; rows are nobody's.</summary>
    public double[] ByColumn()
    {
        var users = new int[program.AggregateCount];
        foreach (var number in program.ReadNumbers.SelectMany(numbers => numbers))
        {
            users[number]++;
        }

        var ofRows = Cells * StepRates.Row / Math.Max(1, program.AggregateCount);
        return
        [
            .. program.OutputSlots.Select((slot, column) => slot == PlanProgram.NotComputed
                ? 0
                : ((double)grid.Entities * grid.Weeks.Count * StepRates.Output)
                    + program.ReadNumbers[column].Sum(number => Math.Max(0, _byAggregate[number] - ofRows) / users[number])),
        ];
    }

    private double Cells => (double)grid.Entities * geometry.Count;

    /// <summary>Nanoseconds of one core by number of the aggregate, its part of what is shared included.</summary>
    public double[] ByAggregate()
    {
        for (var i = 0; i < program.Sources.Length; i++)
        {
            AddSource(program.Sources[i], geometry.Reaches[i], grid.Scanned[i]);
        }

        AddColumns();
        return _byAggregate;
    }

    private void AddSource(SourcePlan source, SourceReach reach, double events)
    {
        int[] all = [.. source.Aggregates.Select(aggregate => aggregate.Index)];
        var perEvent = StepRates.Event + (source.Rows.Inputs.Length * StepRates.Column) + (source.Rows.StepCount * StepRates.EventStep);
        Add((events * perEvent) + (grid.Entities * StepRates.Entity), all);
        var slots = (double)grid.Entities * (geometry.Count + reach.TileEnd - reach.TileMin);
        for (var set = 0; set < source.Sets.Length; set++)
        {
            AddSet(source, set, events, slots);
        }

        for (var values = 0; values < source.Values.Length; values++)
        {
            var rate = source.Values[values].Form == ValueForm.Key ? StepRates.Key : StepRates.Value;
            Add(Kept(source, source.Values[values].Set, events) * rate, Numbers(source, a => a.Values == values || a.Order == values));
        }

        for (var tiles = 0; tiles < source.Tiles.Length; tiles++)
        {
            AddTiles(source, tiles, events, slots);
        }

        foreach (var aggregate in source.Aggregates)
        {
            Add(
                (Kept(source, aggregate.Set, events) * (aggregate.TileWindow >= 0 ? 0 : StepRates.ByEvent(aggregate.Function)))
                    + (Cells * StepRates.ByCell(aggregate.Function)),
                [aggregate.Index]);
        }
    }

    /// <summary>Choosing a set's events, and finding those of each window.</summary>
    private void AddSet(SourcePlan source, int set, double events, double slots)
    {
        int[] users = Numbers(source, a => a.Set == set || source.BaseOf[a.Set] == set);
        var plan = source.Sets[set];
        // A set of all events is used where it lies.
        Add((plan.Where >= 0 || plan.Input >= 0 ? events * StepRates.Choice : 0) + (slots * StepRates.Boundary), users);
        var kept = Kept(source, set, events);
        foreach (var window in source.Aggregates.Where(a => a.Set == set).Select(a => a.Window).Distinct())
        {
            var shape = geometry.Shapes[window];
            var isUnaligned = shape.Heads is not null || shape.Tails is not null;
            var byEvent = (isUnaligned ? StepRates.Unaligned : 0) + (shape.EventsMax > 0 ? StepRates.Latest : 0);
            var byCell = shape.EventsMax > 0 ? StepRates.LatestSpan : StepRates.Span;
            Add((Cells * byCell) + (kept * byEvent), Numbers(source, a => a.Set == set && a.Window == window));
        }
    }

    /// <summary>Folding events into tiles, doubling them as far as the longest window needs, and combining them for each window.</summary>
    private void AddTiles(SourcePlan source, int tiles, double events, double slots)
    {
        var plan = source.Tiles[tiles];
        var (fold, merge) = (StepRates.Fold(plan.Kind), StepRates.Merge(plan.Kind));
        var kept = Kept(source, source.Values[plan.Values].Set, events);
        var levels = 0;
        for (var i = 0; i < source.TileWindows.Length; i++)
        {
            if (source.TileWindows[i].Tiles != tiles)
            {
                continue;
            }

            var shape = geometry.Shapes[source.TileWindows[i].Window];
            // An open window is everything before a week, folded from left to right; of latest events every cell folds its own.
            var weeks = shape.IsOpen ? 1u : (uint)shape.Runs.Max(run => run.WeekCount);
            levels = Math.Max(levels, shape.EventsMax > 0 ? 0 : BitOperations.Log2(Math.Max(weeks, 1)) + (shape.IsOpen ? 1 : 0));
            var pieces = (shape.Heads is null ? 0 : 1) + (shape.Tails is null || shape.IsOpen ? 0 : 1);
            var cost = shape.EventsMax > 0
                ? Math.Min(Cells, kept) * shape.EventsMax * fold
                : (Cells * ((BitOperations.PopCount(weeks) * merge) + (pieces * (StepRates.Piece + merge))))
                    + (pieces == 0 ? 0 : kept * fold * StepRates.PieceEvents);
            Add(cost, Numbers(source, a => a.TileWindow == i));
        }

        Add((kept * fold) + (slots * merge * (levels + 1)), Numbers(source, a => a.TileWindow >= 0 && source.TileWindows[a.TileWindow].Tiles == tiles));
    }

    /// <summary>Rows, expressions around aggregates and output, for the aggregates of each column; those of a column without any are for all.</summary>
    private void AddColumns()
    {
        int[] all = [.. Enumerable.Range(0, program.AggregateCount)];
        Add(Cells * StepRates.Row, all);
        var rows = (double)grid.Entities * grid.Weeks.Count;
        var steps = Cells * program.Cells.StepCount * StepRates.CellStep / Math.Max(1, program.ReadNumbers.Length);
        for (var column = 0; column < program.ReadNumbers.Length; column++)
        {
            if (column < program.OutputSlots.Length && program.OutputSlots[column] == PlanProgram.NotComputed)
            {
                continue;
            }

            var numbers = program.ReadNumbers[column];
            Add((rows * StepRates.Output) + steps, numbers.Length == 0 ? all : numbers);
        }
    }

    private static double Kept(SourcePlan source, int set, double events) => source.Sets[set].Where >= 0 ? events * StepRates.Kept : events;

    private static int[] Numbers(SourcePlan source, Func<AggregatePlan, bool> predicate) =>
        [.. source.Aggregates.Where(predicate).Select(aggregate => aggregate.Index)];

    private void Add(double nanoseconds, int[] aggregates)
    {
        Nanoseconds += nanoseconds;
        foreach (var aggregate in aggregates)
        {
            _byAggregate[aggregate] += nanoseconds / aggregates.Length;
        }
    }
}
