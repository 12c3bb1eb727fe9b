namespace FeatureService.Engine.Kernels;

/// <summary>
/// States of windows of so many latest events: one piece, folded in event order (EVALUATION.md rule 3). While such a window fills, the
/// state of one cell goes on from that of the cell before.
/// </summary>
internal readonly unsafe struct LatestFold<TOperator, TState, TVector, TInput>(EventSet set, TInput* inputs, EventSpan span)
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
                if (span.Lows[cell] != low || span.Highs[cell] < high)
                {
                    (low, high, state) = (span.Lows[cell], span.Lows[cell], TOperator.Empty);
                }

                for (; high < span.Highs[cell]; high++)
                {
                    state = TOperator.Step(state, inputs[high]);
                }

                TOperator.Store(result, cell, state);
            }
        }

        foreach (var late in set.LateCells)
        {
            TOperator.Store(result, late.Cell, Visible(late));
        }
    }

    private TState Visible(LateCell late)
    {
        var (week, state) = (set.WeekOf(late), TOperator.Empty);
        for (var i = span.Lows[late.Cell]; i < span.Highs[late.Cell]; i++)
        {
            state = set.Seen[i] <= week ? TOperator.Step(state, inputs[i]) : state;
        }

        return state;
    }
}
