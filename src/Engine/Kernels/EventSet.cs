using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Kernels;

/// <summary>
/// The events of a batch that count for some aggregates (kept by their filter, with a value), packed by stretch and in event order.
/// </summary>
internal sealed unsafe class EventSet
{
    private readonly Dictionary<WindowShape, EventSpan> _spans = [];
    private readonly List<EventSpan> _kept = [];
    private readonly Dictionary<WindowShape, nint> _firstRows = [];
    private int[] _starts = [];
    private int* _boundaries;

    /// <summary>Number of events.</summary>
    public int Count { get; private set; }

    /// <summary>Which event of the batch each event is, ascending; a null pointer where all are in the set.</summary>
    public int* Rows { get; private set; }

    /// <summary>Microseconds UTC of each event.</summary>
    public long* Times { get; private set; }

    /// <summary>For each event the week behind the one in which it lies.</summary>
    public int* Cuts { get; private set; }

    /// <summary>For each event the first week whose cutoff sees it; a null pointer where every cutoff behind it does.</summary>
    public int* Seen { get; private set; }

    /// <summary>Each stretch's first event, and behind the last the number of events.</summary>
    public ReadOnlySpan<int> Starts => _starts.AsSpan(0, Batch.Count + 1);

    /// <summary>Cells to which some event is not visible yet, by index, ascending; for them every aggregate folds what is visible.</summary>
    public List<LateCell> LateCells { get; } = [];

    /// <summary>The set with the same filter, also of events without a value; itself where the set has all of them.</summary>
    public EventSet Base { get; set; } = null!;

    /// <summary>The batch.</summary>
    public Batch Batch { get; private set; } = null!;

    /// <summary>The tiles.</summary>
    public TileSpace Space { get; private set; } = null!;

    /// <summary>Number of the week that the batch's weeks are counted from.</summary>
    public int WeekBase { get; private set; }

    /// <summary>Whether only the number of events of each week is known, and no event.</summary>
    public bool IsRecalled { get; private set; }

    /// <summary>Takes the events of a batch.</summary>
    public void Set(
        Batch batch, TileSpace space, int weekBase, int count, int* rows, long* times, int* cuts, int* seen, ReadOnlySpan<int> starts)
    {
        (Batch, Space, WeekBase, Count, IsRecalled) = (batch, space, weekBase, count, false);
        Rows = rows;
        Times = times;
        Cuts = cuts;
        Seen = seen;
        if (_starts.Length < starts.Length)
        {
            _starts = new int[starts.Length * 2];
        }

        starts.CopyTo(_starts);
        Forget();
        FindLateCells();
    }

    /// <summary>Takes the number of events of each week in place of events, all of which every cutoff behind their week sees.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="space">Where its tiles lie.</param>
    /// <param name="weekBase">The week that the batch's weeks are counted from.</param>
    /// <param name="counts">The numbers.</param>
    /// <param name="arena">Memory that lives as long as the set does.</param>
    public void Recall(Batch batch, TileSpace space, int weekBase, TileRows counts, Arena arena)
    {
        (Batch, Space, WeekBase, Base, IsRecalled) = (batch, space, weekBase, this, true);
        Rows = Cuts = Seen = null;
        Times = null;
        if (_starts.Length < batch.Count + 1)
        {
            _starts = new int[(batch.Count + 1) * 2];
        }

        Forget();
        LateCells.Clear();
        _boundaries = arena.Take<int>(space.SlotCount);
        var before = 0;
        for (var stretch = 0; stretch < batch.Count; stretch++)
        {
            _starts[stretch] = before;
            var slot = _boundaries + space.SlotStart(stretch);
            *slot++ = before;
            foreach (var count in counts.Of(this, stretch))
            {
                before = checked(before + (int)count);
                *slot++ = before;
            }
        }

        _starts[batch.Count] = before;
        Count = before;
    }

    /// <summary>The week behind the tile of a stretch's first slot; slots follow week by week.</summary>
    public int WeekOfSlots(int stretch) => WeekBase + Batch.FirstWeeks[stretch] + Space.TileMin;

    /// <summary>By slot the number of events before the slot's end: <c>b - a</c> events lie between two boundaries.</summary>
    public int* Boundaries(Arena arena)
    {
        if (_boundaries == null)
        {
            _boundaries = arena.TakeCleared<int>(Space.SlotCount);
            for (var stretch = 0; stretch < Batch.Count; stretch++)
            {
                FindBoundaries(stretch, _boundaries + Space.SlotStart(stretch), Space.SlotsOf(stretch));
            }
        }

        return _boundaries;
    }

    /// <summary>The events in a window, for every cell.</summary>
    public EventSpan SpanOf(WindowShape shape, Arena arena)
    {
        if (!_spans.TryGetValue(shape, out var span))
        {
            if (_kept.Count == _spans.Count)
            {
                _kept.Add(new EventSpan());
            }

            span = _kept[_spans.Count];
            span.Set(this, shape, arena);
            _spans.Add(shape, span);
        }

        return span;
    }

    /// <summary>
    /// For every cell of a window of so many latest events the first of them, by its number among the batch's; -1 where there are fewer.
    /// </summary>
    public int* FirstRowsOf(WindowShape shape, Arena arena)
    {
        if (!_firstRows.TryGetValue(shape, out var rows))
        {
            rows = (nint)LatestEvents.FirstRows(this, shape, arena);
            _firstRows.Add(shape, rows);
        }

        return (int*)rows;
    }

    /// <summary>Number of a late cell's week.</summary>
    public int WeekOf(LateCell late) => WeekBase + Batch.FirstWeeks[late.Stretch] + late.Week;

    /// <summary>The first event of a stretch that is not before an instant.</summary>
    public int LowerBound(int stretch, long instant)
    {
        var (low, high) = (_starts[stretch], _starts[stretch + 1]);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = Times[middle] < instant ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Counts events by slot, then sums up; a search for each slot would guess wrong at every event.</summary>
    private void FindBoundaries(int stretch, int* slots, int count)
    {
        var first = WeekOfSlots(stretch);
        for (var i = _starts[stretch]; i < _starts[stretch + 1]; i++)
        {
            // Of weeks far outside, the difference may not fit 32 bits.
            var slot = (long)Cuts[i] - first;
            if (slot < count)
            {
                slots[Math.Max(slot, 0)]++;
            }
        }

        RunningSums.Of(new Span<int>(slots, count), _starts[stretch]);
    }

    private void Forget()
    {
        _spans.Clear();
        _firstRows.Clear();
        _boundaries = null;
    }

    private void FindLateCells()
    {
        LateCells.Clear();
        if (Seen == null)
        {
            return;
        }

        for (var stretch = 0; stretch < Batch.Count; stretch++)
        {
            FindLateCells(stretch);
        }
    }

    private void FindLateCells(int stretch)
    {
        var first = WeekBase + Batch.FirstWeeks[stretch];
        var count = Batch.WeekCounts[stretch];
        // Between an event's week and its first cutoff; events come by time, so the runs of cells start in ascending order.
        var done = 0;
        for (var i = _starts[stretch]; i < _starts[stretch + 1]; i++)
        {
            var end = Math.Min((long)Seen[i] - first, count);
            for (var cell = Math.Max(Cuts[i] - first, done); cell < end; cell++)
            {
                LateCells.Add(new LateCell(Batch.CellStarts[stretch] + cell, stretch, cell));
                done = cell + 1;
            }
        }

    }
}

/// <summary>A cell to which some event is not visible yet.</summary>
/// <param name="Cell">Index of the cell in its batch.</param>
/// <param name="Stretch">Its stretch.</param>
/// <param name="Week">Its week, from the first of its stretch.</param>
internal readonly record struct LateCell(int Cell, int Stretch, int Week);
