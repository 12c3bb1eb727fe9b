namespace FeatureService.Engine.Kernels;

/// <summary>
/// Distinct values of a window, for all cells at once. An event counts for a run of cells: from the first whose window has reached it
/// and that sees it, to the last whose window still holds it. Of each value the runs are joined, so an event costs the same however
/// long the window is.
/// </summary>
internal sealed unsafe class DistinctCount
{
    private readonly LastCellTable _lastCells = new();
    private long[] _order = [];

    /// <summary>The counts, by cell.</summary>
    /// <param name="set">The events.</param>
    /// <param name="keys">The value of each event as a number.</param>
    /// <param name="shape">The window.</param>
    /// <param name="target">Where the counts go; all zero so far.</param>
    public void Run(EventSet set, long* keys, WindowShape shape, int* target)
    {
        for (var stretch = 0; stretch < set.Batch.Count; stretch++)
        {
            if (set.Starts[stretch] == set.Starts[stretch + 1])
            {
                continue;
            }

            var cells = target + set.Batch.CellStarts[stretch];
            _lastCells.Clear();
            if (set.Seen == null && shape.StartOffset != WindowShape.Unaligned && shape.EndOffset != WindowShape.Unaligned)
            {
                ByWeek(set, keys, shape, stretch, cells);
            }
            else if (set.Seen == null)
            {
                InOrder(set, keys, shape, stretch, cells);
            }
            else
            {
                ByVisibility(set, keys, shape, stretch, cells);
            }

            RunningSums.Of(new Span<int>(cells, set.Batch.WeekCounts[stretch]), 0);
        }
    }

    /// <summary>Of windows between weeks an event's week tells the cells.</summary>
    private void ByWeek(EventSet set, long* keys, WindowShape shape, int stretch, int* cells)
    {
        var (weeks, first) = (set.Batch.WeekCounts[stretch], (long)set.WeekBase + set.Batch.FirstWeeks[stretch]);
        for (var i = set.Starts[stretch]; i < set.Starts[stretch + 1]; i++)
        {
            var from = Math.Max(set.Cuts[i] - first - shape.EndOffset, 0);
            if (from >= weeks)
            {
                break;
            }

            var to = set.Cuts[i] - first - shape.StartOffset;
            if (to > from)
            {
                Add(keys[i], (int)from, (int)Math.Min(to, weeks), cells, weeks);
            }
        }
    }

    private void InOrder(EventSet set, long* keys, WindowShape shape, int stretch, int* cells)
    {
        var cursor = new CellCursor(set, shape, stretch);
        for (var i = set.Starts[stretch]; i < set.Starts[stretch + 1] && cursor.Next(set.Times[i]); i++)
        {
            Add(keys[i], cursor.From, cursor.To, cells, set.Batch.WeekCounts[stretch]);
        }
    }

    /// <summary>Joining needs runs in the order of their first cells; late events start later than their time says.</summary>
    private void ByVisibility(EventSet set, long* keys, WindowShape shape, int stretch, int* cells)
    {
        var (start, end, weeks) = (set.Starts[stretch], set.Starts[stretch + 1], set.Batch.WeekCounts[stretch]);
        if (_order.Length < end - start)
        {
            _order = new long[Math.Max(end - start, _order.Length * 2)];
        }

        var week = set.WeekBase + set.Batch.FirstWeeks[stretch];
        var cursor = new CellCursor(set, shape, stretch);
        var count = 0;
        for (var i = start; i < end && cursor.Next(set.Times[i]); i++)
        {
            var from = Math.Max(cursor.From, (long)set.Seen[i] - week);
            if (from < cursor.To)
            {
                _order[count++] = (from << 32) | (uint)i;
            }
        }

        Array.Sort(_order, 0, count);
        for (var k = 0; k < count; k++)
        {
            var i = (int)_order[k];
            var to = CellCursor.FirstCellPast(shape.Starts, set.Batch.FirstWeeks[stretch], weeks, set.Times[i], shape.IsOpen);
            Add(keys[i], (int)(_order[k] >> 32), to, cells, weeks);
        }
    }

    private void Add(long key, int from, int to, int* cells, int weeks)
    {
        ref var last = ref _lastCells.Of(key);
        from = Math.Max(from, last);
        if (from < to)
        {
            cells[from]++;
            if (to < weeks)
            {
                cells[to]--;
            }

            last = to;
        }
    }
}

/// <summary>The cells of a stretch whose windows hold an event, for events in ascending order of time.</summary>
internal ref struct CellCursor(EventSet set, WindowShape shape, int stretch)
{
    private readonly ReadOnlySpan<long> _starts = shape.Starts.AsSpan(set.Batch.FirstWeeks[stretch], set.Batch.WeekCounts[stretch]);
    private readonly ReadOnlySpan<long> _ends = shape.Ends.AsSpan(set.Batch.FirstWeeks[stretch], set.Batch.WeekCounts[stretch]);
    private readonly bool _isOpen = shape.IsOpen;

    /// <summary>The first cell whose window ends behind the event.</summary>
    public int From { get; private set; }

    /// <summary>The first cell whose window starts behind the event.</summary>
    public int To { get; private set; }

    /// <summary>Moves on to an event; false where no window of the stretch reaches it, nor any later one.</summary>
    public bool Next(long time)
    {
        while (From < _ends.Length && _ends[From] <= time)
        {
            From++;
        }

        while (!_isOpen && To < _starts.Length && _starts[To] <= time)
        {
            To++;
        }

        if (_isOpen)
        {
            To = _ends.Length;
        }

        return From < _ends.Length;
    }

    /// <summary>As <see cref="To"/>, for one event.</summary>
    public static int FirstCellPast(long[] starts, int first, int weeks, long time, bool isOpen)
    {
        if (isOpen)
        {
            return weeks;
        }

        var (low, high) = (0, weeks);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = starts[first + middle] <= time ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
