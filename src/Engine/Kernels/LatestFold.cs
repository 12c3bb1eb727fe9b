namespace FeatureService.Engine.Kernels;

/// <summary>
/// States of windows of so many latest events: one piece, folded in event order (EVALUATION.md rule 3). While such a window fills, the
/// state of one cell goes on from that of the cell before, where the kind does not age.
/// </summary>
internal readonly unsafe struct LatestFold<TOperator, TState, TVector, TInput>(
    EventSet set, TileRules<TOperator, TState, TVector, TInput> rules, WindowShape shape, EventSpan span)
    where TOperator : ITileOperator<TState, TVector, TInput>
    where TState : unmanaged
    where TVector : struct
    where TInput : unmanaged
{
    /// <summary>The state of every cell.</summary>
    public void Run(in Planes result)
    {
        for (var stretch = 0; stretch < set.Batch.Count; stretch++)
        {
            var (low, high, state) = (set.Starts[stretch], set.Starts[stretch], TOperator.Empty);
            for (var cell = set.Batch.CellStarts[stretch]; cell < set.Batch.CellStarts[stretch + 1]; cell++)
            {
                if (TOperator.Ages || span.Lows[cell] != low || span.Highs[cell] < high)
                {
                    (low, high, state) = (span.Lows[cell], span.Lows[cell], TOperator.Empty);
                }

                var inputs = rules.OfPiece(End(stretch, cell), high, span.Highs[cell]);
                for (; high < span.Highs[cell]; high++)
                {
                    state = TOperator.Step(state, TOperator.Input(inputs, high));
                }

                TOperator.Store(result, cell, state);
            }
        }

        foreach (var late in set.LateCells)
        {
            TOperator.Store(result, late.Cell, Visible(late));
        }
    }

    private long End(int stretch, int cell) => shape.Ends[set.Batch.FirstWeeks[stretch] + cell - set.Batch.CellStarts[stretch]];

    private TState Visible(LateCell late)
    {
        var (from, to) = (span.Lows[late.Cell], span.Highs[late.Cell]);
        var (week, state, inputs) = (set.WeekOf(late), TOperator.Empty, rules.OfPiece(End(late.Stretch, late.Cell), from, to));
        for (var i = from; i < to; i++)
        {
            state = set.Seen[i] <= week ? TOperator.Step(state, TOperator.Input(inputs, i)) : state;
        }

        return state;
    }
}
