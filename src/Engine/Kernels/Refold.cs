namespace FeatureService.Engine.Kernels;

/// <summary>
/// One cell at a time, of the events that its cutoff sees: rule 9's tiles, in the tree of rules 3 to 5. For cells to which some event of
/// their past is not known yet.
/// </summary>
internal readonly unsafe struct Refold<TOperator, TState, TVector, TInput>(EventSet set, TInput* inputs)
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
        var run = Array.Find(shape.Runs, run => run.To > week);
        var weeks = shape.IsOpen
            ? LeftToRight(late.Stretch, cutoff, cutoff + run.EndOffset)
            : run.WeekCount == 0 ? TOperator.Empty : Tree(late.Stretch, cutoff, cutoff + run.EndOffset, run.WeekCount);
        if (shape.Heads is { } heads)
        {
            weeks = TOperator.Merge(Fold(late.Stretch, cutoff, heads[week]), weeks);
        }

        return shape.Tails is { } tails ? TOperator.Merge(weeks, Fold(late.Stretch, cutoff, tails[week])) : weeks;
    }

    private TState Fold(int stretch, int cutoff, Piece piece)
    {
        var state = TOperator.Empty;
        if (piece.Start < piece.End)
        {
            for (var i = set.LowerBound(stretch, piece.Start); i < set.Starts[stretch + 1] && set.Times[i] < piece.End; i++)
            {
                state = set.Seen[i] <= cutoff ? TOperator.Step(state, inputs[i]) : state;
            }
        }

        return state;
    }

    /// <summary>The tiles of the events before a week, from left to right.</summary>
    private TState LeftToRight(int stretch, int cutoff, int endWeek)
    {
        var state = TOperator.Empty;
        for (var i = set.Starts[stretch]; i < set.Starts[stretch + 1] && set.Cuts[i] <= endWeek;)
        {
            state = TOperator.Merge(state, Tile(stretch, cutoff, ref i));
        }

        return state;
    }

    /// <summary>The tile of an event and of those behind it in the same week.</summary>
    private TState Tile(int stretch, int cutoff, ref int i)
    {
        var (cut, tile) = (set.Cuts[i], TOperator.Empty);
        for (; i < set.Starts[stretch + 1] && set.Cuts[i] == cut; i++)
        {
            tile = set.Seen[i] <= cutoff ? TOperator.Step(tile, inputs[i]) : tile;
        }

        return tile;
    }

    private TState Tree(int stretch, int cutoff, int endWeek, int weeks)
    {
        var (state, isFirst) = (TOperator.Empty, true);
        for (var block = 1; block <= weeks; block <<= 1)
        {
            if ((weeks & block) != 0)
            {
                endWeek -= block;
                var older = Block(stretch, cutoff, endWeek, block);
                state = isFirst ? older : TOperator.Merge(older, state);
                isFirst = false;
            }
        }

        return state;
    }

    private TState Block(int stretch, int cutoff, int week, int weeks)
    {
        if (weeks > 1)
        {
            return TOperator.Merge(Block(stretch, cutoff, week, weeks / 2), Block(stretch, cutoff, week + (weeks / 2), weeks / 2));
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
