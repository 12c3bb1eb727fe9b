namespace FeatureService.Engine.Kernels;

/// <content>Windows: whole weeks from blocks of tiles, then head and tail.</content>
internal sealed unsafe partial class Tiles<TOperator, TState, TVector, TInput>
{
    /// <summary>Whole weeks of the cells of a run.</summary>
    private void Weeks(WindowShape shape, ShapeRun run, in Planes prefix, in Planes result, int from, int to)
    {
        var cells = _set.Batch.CellStarts[_stretch];
        // Slot of the boundary at the end of the whole weeks of the stretch's first cell; the tile behind it has the next.
        var boundary = run.EndOffset - _set.Space.TileMin;
        if (shape.IsOpen)
        {
            for (var i = from; i < to; i += 8)
            {
                TOperator.StoreVector(result, cells + i, TOperator.LoadVector(prefix, boundary + i));
            }
        }
        else if (run.WeekCount == 0)
        {
            FillEmpty(result, cells + from, to - from);
        }
        else
        {
            Blocks(run.WeekCount, result, cells, boundary + 1, from, to);
        }
    }

    /// <summary>The state of no events, so many times; up to eight states behind are overwritten.</summary>
    private static void FillEmpty(in Planes planes, nint first, nint count)
    {
        for (nint i = 0; i < 8; i++)
        {
            TOperator.Store(planes, first + i, TOperator.Empty);
        }

        var empty = TOperator.LoadVector(planes, first);
        for (nint i = 8; i < count; i += 8)
        {
            TOperator.StoreVector(planes, first + i, empty);
        }
    }

    /// <summary>Blocks by the binary digits of the number of weeks, the largest oldest, combined from the newest end.</summary>
    private void Blocks(int weeks, in Planes result, int cells, int slot, int from, int to)
    {
        Span<int> levels = stackalloc int[32];
        // By block what its older neighbour loses over it and all that are newer.
        var factors = stackalloc double*[32];
        var count = 0;
        for (var level = 0; weeks >> level != 0; level++)
        {
            if ((weeks >> level & 1) != 0)
            {
                factors[count] = weeks >> level == 1 ? null : Factors(weeks & ((2 << level) - 1));
                levels[count++] = level;
            }
        }

        Level(levels[count - 1]);
        var newest = _levels[levels[0]];
        for (var i = from; i < to; i += 8)
        {
            var at = slot + i - (1 << levels[0]);
            var state = TOperator.LoadVector(newest, at);
            for (var digit = 1; digit < count; digit++)
            {
                var older = at - (1 << levels[digit]);
                state = TileRules<TOperator, TState, TVector, TInput>.Merge(
                    TOperator.LoadVector(_levels[levels[digit]], older), state, factors[digit - 1], at);
                at = older;
            }

            TOperator.StoreVector(result, cells + i, state);
        }
    }

    /// <summary>The head before the whole weeks, for the cells of a stretch that have one.</summary>
    private void AddHeads(WindowShape shape, in Planes result, int stretch)
    {
        if (shape.Heads is not { } heads)
        {
            return;
        }

        var first = _set.Batch.FirstWeeks[stretch];
        var pieces = new PieceCursor(_set, heads, stretch);
        while (pieces.Next())
        {
            var cell = _set.Batch.CellStarts[stretch] + pieces.Week;
            var micros = TOperator.Ages ? shape.WeeksEnd(first + pieces.Week) - pieces.Piece.End : 0;
            TOperator.Store(result, cell, _rules.Merge(Fold(pieces.Piece.End, pieces.From, pieces.To), TOperator.Load(result, cell), micros));
        }
    }

    /// <summary>The tail behind the whole weeks, for the cells of a stretch that have one.</summary>
    private void AddTails(WindowShape shape, in Planes result, int stretch)
    {
        if (shape.Tails is not { } tails)
        {
            return;
        }

        var cells = _set.Batch.CellStarts[stretch];
        if (TOperator.Ages)
        {
            var first = _set.Batch.FirstWeeks[stretch];
            for (var week = 0; week < _set.Batch.WeekCounts[stretch]; week++)
            {
                // Also where the tail has no events.
                var tail = tails[first + week];
                TOperator.Store(
                    result, cells + week, _rules.Merge(TOperator.Load(result, cells + week), TOperator.Empty, tail.End - tail.Start));
            }
        }

        var pieces = new PieceCursor(_set, tails, stretch);
        while (pieces.Next())
        {
            var cell = cells + pieces.Week;
            TOperator.Store(result, cell, TOperator.Merge(TOperator.Load(result, cell), Fold(pieces.Piece.End, pieces.From, pieces.To)));
        }
    }

    /// <summary>A run of events of a piece, in event order.</summary>
    private TState Fold(long end, int from, int to)
    {
        var inputs = _rules.OfPiece(end, from, to);
        var state = TOperator.Empty;
        for (var i = from; i < to; i++)
        {
            state = TOperator.Step(state, TOperator.Input(inputs, i));
        }

        return state;
    }
}
