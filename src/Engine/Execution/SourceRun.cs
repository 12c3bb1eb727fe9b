using FeatureService.Engine.Expressions;
using FeatureService.Engine.Kernels;
using FeatureService.Engine.Planning;

namespace FeatureService.Engine.Execution;

/// <summary>Computes the aggregates of one source for one batch after the other; belongs to one thread at a time.</summary>
internal sealed unsafe class SourceRun
{
    // Lanes of a program's slots stay in a core's cache.
    private const int ChunkEventsMax = 8192;
    private const int EventsBetweenPolls = 1 << 20;

    private readonly SourcePlan _plan;
    private readonly Arena _rows;
    private readonly Arena _tiles;
    private readonly Arena _cells;
    private readonly Frame _frame;
    private readonly Frame _partFrame;
    private readonly SetBuilder[] _sets;
    private readonly SetBuilder?[] _errors;
    private readonly (int Set, int Index)[] _values;
    private readonly Tiles[] _tileRuns;
    private readonly Planes[] _windows;
    // By tiles their windows, and room for what is handed over of them.
    private readonly int[][] _windowsOf;
    private readonly WindowShape[] _shapes;
    private readonly Planes[] _states;
    private readonly EventRuns _events = new();
    private readonly EventRuns _part = new();
    private readonly TileSpace _space = new();
    private readonly EventAggregates _ofEvents;
    private readonly WeekFinder _weeks;
    private int[] _starts = new int[17];
    private BatchTiles? _outside;

    /// <summary>A run of a source.</summary>
    /// <param name="plan">The source's plan.</param>
    /// <param name="weeks">The catalog's weeks.</param>
    /// <param name="rows">Memory for events, given back after each batch.</param>
    /// <param name="tiles">Memory for tiles, given back after each kind of tile.</param>
    /// <param name="cells">Memory for results, which the caller gives back.</param>
    public SourceRun(SourcePlan plan, WeekFinder weeks, Arena rows, Arena tiles, Arena cells)
    {
        (_plan, _weeks, _rows, _tiles, _cells) = (plan, weeks, rows, tiles, cells);
        _frame = new Frame(plan.Rows.SlotCount, rows);
        _partFrame = new Frame(plan.Rows.SlotCount, tiles);
        _ofEvents = new EventAggregates(plan, rows, cells);
        _sets = [.. plan.Sets.Select((set, i) => new SetBuilder(set, [.. plan.Values.Where(value => value.Set == i)]))];
        _errors = new SetBuilder?[_sets.Length];
        _values = [.. plan.Values.Select((value, i) => (value.Set, plan.Values.Take(i).Count(before => before.Set == value.Set)))];
        _tileRuns = [.. plan.Tiles.Select(kind => Tiles.Of(kind.Kind, kind.Decay, rows, tiles))];
        _windows = new Planes[plan.TileWindows.Length];
        _windowsOf = [.. plan.Tiles.Select((_, tiles) => Enumerable.Range(0, _windows.Length).Where(i => plan.TileWindows[i].Tiles == tiles).ToArray())];
        _shapes = new WindowShape[_windows.Length];
        _states = new Planes[_windows.Length];
    }

    /// <summary>Computes a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="geometry">The weeks.</param>
    /// <param name="reach">How far the source's windows reach on these weeks.</param>
    /// <param name="source">The slice's events.</param>
    /// <param name="binding">Tables of the slice's texts.</param>
    /// <param name="tiles">Takes the tile arrays that are to be kept; null for none.</param>
    /// <param name="aggregates">Takes the results, by number of the aggregate.</param>
    /// <param name="cancellation">Polled every million events.</param>
    public void Compute(
        Batch batch,
        WeekGeometry geometry,
        SourceReach reach,
        PinnedSource source,
        Binding binding,
        BatchTiles? tiles,
        Lanes[] aggregates,
        CancellationToken cancellation)
    {
        _rows.Reset();
        _outside = tiles;
        _frame.Binding = binding;
        _partFrame.Binding = binding;
        FindEvents(batch, reach, source);
        _space.Lay(batch, reach.TileMin, reach.TileEnd);
        Evaluate(source, cancellation);
        EndSets(batch, geometry.First);
        KeepSets();
        Aggregate(batch, geometry, aggregates, cancellation);
    }

    /// <summary>Computes a batch of tile arrays in place of events.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="geometry">The weeks.</param>
    /// <param name="reach">How far the source's windows reach on these weeks.</param>
    /// <param name="tiles">The arrays.</param>
    /// <param name="aggregates">Takes the results, by number of the aggregate.</param>
    /// <param name="cancellation">Polled between aggregates.</param>
    public void Recall(Batch batch, WeekGeometry geometry, SourceReach reach, BatchTiles tiles, Lanes[] aggregates, CancellationToken cancellation)
    {
        _rows.Reset();
        _outside = tiles;
        _space.Lay(batch, reach.TileMin, reach.TileEnd);
        Array.Clear(_errors);
        for (var i = 0; i < _sets.Length; i++)
        {
            // A set that nothing is read of but its twin has no numbers.
            if (tiles.CountsOf(i) is { Exists: true } counts)
            {
                _sets[i].Recall(batch, _space, geometry.First, counts, _rows);
            }
        }

        Aggregate(batch, geometry, aggregates, cancellation);
    }

    private void Aggregate(Batch batch, WeekGeometry geometry, Lanes[] aggregates, CancellationToken cancellation)
    {
        _ofEvents.Begin();
        for (var tiles = 0; tiles < _plan.Tiles.Length; tiles++)
        {
            ComputeWindows(tiles, geometry);
        }

        foreach (ref readonly var aggregate in _plan.Aggregates.AsSpan())
        {
            cancellation.ThrowIfCancellationRequested();
            var lanes = Value(aggregate, geometry);
            aggregates[aggregate.Index] = _errors[aggregate.Set] is { } errors
                ? AggregateValues.WithErrors(lanes, errors.Events.SpanOf(geometry.Shapes[aggregate.Window], _rows), batch.CellCount, _cells)
                : lanes;
        }
    }

    /// <summary>The events of each stretch: all of an entity's, or where its windows reach only a part of them, that part.</summary>
    private void FindEvents(Batch batch, SourceReach reach, PinnedSource source)
    {
        _events.Clear();
        if (_starts.Length < batch.Count + 1)
        {
            _starts = new int[batch.Count * 2];
        }

        var offsets = source.Events.Offsets;
        for (var stretch = 0; stretch < batch.Count; stretch++)
        {
            _starts[stretch] = _events.Count;
            var entity = batch.Entities[stretch];
            if (entity >= 0)
            {
                var (from, to) = (offsets[entity], offsets[entity + 1]);
                var times = new ReadOnlySpan<long>(source.Times + from, to - from);
                var first = batch.FirstWeeks[stretch];
                var (low, count) = reach.PartOf(times, first, first + batch.WeekCounts[stretch] - 1);
                _events.Add(from + low, count);
            }
        }

        _starts[batch.Count] = _events.Count;
    }

    /// <summary>Filters and inputs of all events, chunk by chunk.</summary>
    private void Evaluate(PinnedSource source, CancellationToken cancellation)
    {
        var inOneChunk = _events.Count <= ChunkEventsMax;
        Array.Clear(_errors);
        foreach (var set in _sets)
        {
            set.Begin(_rows, _events.Count, inOneChunk);
        }

        var polled = 0;
        for (var first = 0; first == 0 || first < _events.Count; first += ChunkEventsMax)
        {
            _events.Slice(first, ChunkEventsMax, _part);
            if (inOneChunk)
            {
                AddChunk(source, first, inOneChunk);
                break;
            }

            // What outlives the chunk was taken before.
            var place = _tiles.Mark();
            AddChunk(source, first, inOneChunk);
            _tiles.Release(place);
            if (first - polled >= EventsBetweenPolls)
            {
                cancellation.ThrowIfCancellationRequested();
                polled = first;
            }
        }
    }

    private void AddChunk(PinnedSource source, int first, bool inOneChunk)
    {
        var arena = inOneChunk ? _rows : _tiles;
        var frame = inOneChunk ? _frame : _partFrame;
        frame.Count = _part.Count;
        for (var i = 0; i < source.Columns.Length; i++)
        {
            frame.Slots[_plan.Rows.Inputs[i].Slot] = ColumnReader.Read(source.Columns[i], _part, arena);
        }

        _plan.Rows.Run(frame);
        var chunk = Times(source, first, arena);
        for (var i = 0; i < _sets.Length; i++)
        {
            var baseSet = _plan.BaseOf[i];
            if (inOneChunk && baseSet != i && !SetBuilder.HasGaps(frame, _plan.Sets[i].Input))
            {
                _sets[i].Share(_sets[baseSet], frame, chunk);
            }
            else
            {
                _sets[i].Add(frame, chunk);
            }

            AddErrors(i, frame, chunk);
        }
    }

    /// <summary>Events whose filter or value overflowed; there are hardly ever any.</summary>
    private void AddErrors(int set, Frame frame, in EventChunk chunk)
    {
        var plan = _plan.Sets[set];
        if ((plan.Where >= 0 && frame.Slots[plan.Where].Errors != null) || (plan.Input >= 0 && frame.Slots[plan.Input].Errors != null))
        {
            if (_errors[set] is null)
            {
                _errors[set] = new SetBuilder(plan, []);
                _errors[set]!.Begin(_rows, _events.Count, inOneChunk: false);
            }

            _errors[set]!.Add(frame, chunk, errors: true);
        }
    }

    private void EndSets(Batch batch, int weekBase)
    {
        for (var i = 0; i < _sets.Length; i++)
        {
            _sets[i].End(batch, _space, weekBase, _starts.AsSpan(0, batch.Count + 1));
            _sets[i].Events.Base = _sets[_plan.BaseOf[i]].Events;
            if (_errors[i] is { } errors)
            {
                errors.End(batch, _space, weekBase, _starts.AsSpan(0, batch.Count + 1));
                errors.Events.Base = _sets[i].Events.Base;
            }
        }
    }

    /// <summary>Keeps what is to be kept of the sets' events; where some are in error, nothing of their set.</summary>
    private void KeepSets()
    {
        for (var i = 0; _outside is { } tiles && i < _sets.Length; i++)
        {
            if (_errors[i] is null)
            {
                tiles.Write(_plan, i, _sets[i].Events, values => (nint)Values(values), _rows);
            }
            else
            {
                tiles.Spoil(_plan, i);
            }
        }
    }

    private EventChunk Times(PinnedSource source, int first, Arena arena)
    {
        var times = ColumnReader.Read(source.Times, _part, arena);
        var seen = ColumnReader.Read(source.FirstCutoffs, _part, arena);
        return new EventChunk
        {
            First = first,
            Times = times,
            Cuts = _plan.HasAvailability ? _weeks.Cuts(times, _part.Count, arena) : seen,
            Seen = seen,
            EverSeen = _plan.HasAvailability ? WeekFinder.EverSeen(seen, _part.Count, arena) : null,
            Program = _plan.Rows,
        };
    }

    /// <summary>All windows of one kind of tile, then the tiles' memory is free again.</summary>
    private void ComputeWindows(int tiles, WeekGeometry geometry)
    {
        var place = _tiles.Mark();
        var plan = _plan.Tiles[tiles];
        var (set, index) = _values[plan.Values];
        var events = _sets[set].Events;
        _tileRuns[tiles].Set(events, events.IsRecalled ? null : _sets[set].Values(index), _outside?.StatesOf(tiles) ?? default);
        var windows = _windowsOf[tiles];
        for (var i = 0; i < windows.Length; i++)
        {
            _shapes[i] = geometry.Shapes[_plan.TileWindows[windows[i]].Window];
        }

        _tileRuns[tiles].Windows(_shapes.AsSpan(0, windows.Length), _states.AsSpan(0, windows.Length), _cells);
        for (var i = 0; i < windows.Length; i++)
        {
            _windows[windows[i]] = _states[i];
        }

        _tiles.Release(place);
    }

    private Lanes Value(in AggregatePlan aggregate, WeekGeometry geometry)
    {
        var set = _sets[aggregate.Set].Events;
        var shape = geometry.Shapes[aggregate.Window];
        var values = set.IsRecalled && aggregate.Values >= 0 ? _outside!.SumsOf(aggregate.Values, set, _rows) : Values(aggregate.Values);
        if (_ofEvents.Value(aggregate, set, (long*)values, (long*)Values(aggregate.Order), shape, geometry.Cutoffs) is { } lanes)
        {
            return lanes;
        }

        var states = aggregate.TileWindow < 0 ? default : _windows[aggregate.TileWindow];
        return StateAggregates.Value(aggregate, set, values, states, shape, _rows, _cells);
    }

    /// <summary>Values of a set's events; a null pointer of none.</summary>
    private void* Values(int index) => index < 0 ? null : _sets[_values[index].Set].Values(_values[index].Index);
}
