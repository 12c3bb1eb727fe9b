namespace FeatureService.Engine.Kernels;

/// <summary>
/// One cell at a time, of the events that its cutoff sees: rule 9's tiles, in the tree of rules 3 to 5. For cells to which some event of
/// their past is not known yet.
/// </summary>
internal readonly unsafe struct Refold<TOperator, TState, TVector, TInput>(
    EventSet set, TileRules<TOperator, TState, TVector, TInput> rules)
    where TOperator : ITileOperator<TState, TVector, TInput>
    where TState : unmanaged
    where TVector : struct
    where TInput : unmanaged
{
    /// <summary>The state of a window.</summary>
    public TState Cell(WindowShape shape, LateCell late)
    {
        var week = set.Batch.FirstWeeks[late.Stretch] + late.Week;
        var cutoff = set.WeekBase + week;
        var run = shape.RunOf(week);
        var weeks = shape.IsOpen
            ? LeftToRight(late.Stretch, cutoff, cutoff + run.EndOffset)
            : run.WeekCount == 0 ? TOperator.Empty : Tree(late.Stretch, cutoff, cutoff + run.EndOffset, run.WeekCount);
        if (shape.Heads is { } heads)
        {
            weeks = rules.Merge(Fold(late.Stretch, cutoff, heads[week]), weeks, shape.WeeksEnd(week) - heads[week].End);
        }

        return shape.Tails is { } tails
            ? rules.Merge(weeks, Fold(late.Stretch, cutoff, tails[week]), tails[week].End - tails[week].Start)
            : weeks;
    }

    private TState Fold(int stretch, int cutoff, Piece piece)
    {
        var from = set.LowerBound(stretch, piece.Start);
        var to = from;
        while (to < set.Starts[stretch + 1] && set.Times[to] < piece.End)
        {
            to++;
        }

        return Visible(rules.OfPiece(piece.End, from, to), from, to, cutoff);
    }

    /// <summary>The tiles of the events before a week, from left to right.</summary>
    private TState LeftToRight(int stretch, int cutoff, int endWeek)
    {
        var state = TOperator.Empty;
        var (i, stop) = (set.Starts[stretch], set.Starts[stretch + 1]);
        var end = i < stop && set.Cuts[i] <= endWeek ? set.Cuts[i] - 1 : endWeek;
        while (i < stop && set.Cuts[i] <= endWeek)
        {
            var cut = set.Cuts[i];
            state = rules.Merge(rules.Through(state, end, cut - 1), Tile(stretch, cutoff, ref i), cut - 1, cut);
            end = cut;
        }

        return rules.Through(state, end, endWeek);
    }

    /// <summary>The tile of an event and of those behind it in the same week.</summary>
    private TState Tile(int stretch, int cutoff, ref int i)
    {
        var (from, cut) = (i, set.Cuts[i]);
        while (i < set.Starts[stretch + 1] && set.Cuts[i] == cut)
        {
            i++;
        }

        return Visible(rules.OfTiles(from, i), from, i, cutoff);
    }

    /// <summary>The events of a run that a cutoff sees, in event order.</summary>
    private TState Visible(TileInputs inputs, int from, int to, int cutoff)
    {
        var state = TOperator.Empty;
        for (var i = from; i < to; i++)
        {
            state = set.Seen[i] <= cutoff ? TOperator.Step(state, TOperator.Input(inputs, i)) : state;
        }

        return state;
    }

    private TState Tree(int stretch, int cutoff, int endWeek, int weeks)
    {
        var (state, week) = (TOperator.Empty, endWeek);
        for (var block = 1; block <= weeks; block <<= 1)
        {
            if ((weeks & block) != 0)
            {
                var older = Block(stretch, cutoff, week - block, block);
                state = week == endWeek ? older : rules.Merge(older, state, week, endWeek);
                week -= block;
            }
        }

        return state;
    }

    private TState Block(int stretch, int cutoff, int week, int weeks)
    {
        if (weeks > 1)
        {
            var middle = week + (weeks / 2);
            return rules.Merge(
                Block(stretch, cutoff, week, weeks / 2), Block(stretch, cutoff, middle, weeks / 2), middle, week + weeks);
        }

        var i = FirstOf(stretch, week);
        return i < set.Starts[stretch + 1] && set.Cuts[i] == week + 1 ? Tile(stretch, cutoff, ref i) : TOperator.Empty;
    }

    /// <summary>The first event of a stretch that is not before a week.</summary>
    private int FirstOf(int stretch, int week)
    {
        var (low, high) = (set.Starts[stretch], set.Starts[stretch + 1]);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = set.Cuts[middle] <= week ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
