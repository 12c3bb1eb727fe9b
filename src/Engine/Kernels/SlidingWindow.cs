namespace FeatureService.Engine.Kernels;

/// <summary>What is known of the events of a window that moves on: events come in and go out, in any order.</summary>
internal interface ISlidingOperator
{
    /// <summary>Starts a stretch, with no event in the window.</summary>
    void Begin(int stretch);

    /// <summary>An event comes in.</summary>
    void Add(int index);

    /// <summary>An event goes out.</summary>
    void Remove(int index);

    /// <summary>The result of the events that are in, at least one.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="count">Number of events.</param>
    void Store(int cell, int count);

    /// <summary>The result of a cell whose events are those of one before.</summary>
    void Copy(int from, int to);
}

/// <summary>
/// Moves a window over the events of each stretch, from cell to cell: an event comes in once and goes out once, however long the window is.
/// </summary>
internal static unsafe class SlidingWindow
{
    /// <summary>The result of every cell that has events.</summary>
    /// <typeparam name="TOperator">What is computed.</typeparam>
    /// <param name="set">The events.</param>
    /// <param name="span">The events of each cell.</param>
    /// <param name="state">Takes the events and the results.</param>
    public static void Run<TOperator>(EventSet set, EventSpan span, ref TOperator state)
        where TOperator : struct, ISlidingOperator
    {
        var late = 0;
        for (var stretch = 0; stretch < set.Batch.Count; stretch++)
        {
            if (set.Starts[stretch] < set.Starts[stretch + 1])
            {
                state.Begin(stretch);
                Run(set, span, stretch, ref late, ref state);
            }
        }
    }

    private static void Run<TOperator>(EventSet set, EventSpan span, int stretch, ref int late, ref TOperator state)
        where TOperator : struct, ISlidingOperator
    {
        var (low, high) = (set.Starts[stretch], set.Starts[stretch]);
        var last = -1;
        var lateCells = set.LateCells;
        for (var cell = set.Batch.CellStarts[stretch]; cell < set.Batch.CellStarts[stretch + 1]; cell++)
        {
            var count = span.Counts[cell];
            if (count == 0)
            {
                continue;
            }

            var (from, to) = (span.Lows[cell], span.Highs[cell]);
            if (last >= 0 && from == low && to == high && count == to - from)
            {
                state.Copy(last, cell);
                continue;
            }

            Move(ref state, ref low, ref high, from, to);
            last = cell;
            if (count == to - from)
            {
                state.Store(cell, count);
                continue;
            }

            while (lateCells[late].Cell < cell)
            {
                late++;
            }

            StoreVisible(set, lateCells[late], from, to, count, ref state);
            last = -1;
        }
    }

    /// <summary>Where events become known late a window may go back.</summary>
    private static void Move<TOperator>(ref TOperator state, ref int low, ref int high, int from, int to)
        where TOperator : struct, ISlidingOperator
    {
        while (low < high && low < from)
        {
            state.Remove(low++);
        }

        while (low < high && high > to)
        {
            state.Remove(--high);
        }

        if (low == high)
        {
            (low, high) = (from, from);
        }

        while (low > from)
        {
            state.Add(--low);
        }

        while (high < to)
        {
            state.Add(high++);
        }
    }

    private static void StoreVisible<TOperator>(EventSet set, LateCell late, int from, int to, int count, ref TOperator state)
        where TOperator : struct, ISlidingOperator
    {
        var week = set.WeekOf(late);
        for (var i = from; i < to; i++)
        {
            if (set.Seen[i] > week)
            {
                state.Remove(i);
            }
        }

        state.Store(late.Cell, count);
        for (var i = from; i < to; i++)
        {
            if (set.Seen[i] > week)
            {
                state.Add(i);
            }
        }
    }
}
