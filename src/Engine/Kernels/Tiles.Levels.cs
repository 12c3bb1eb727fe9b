namespace FeatureService.Engine.Kernels;

/// <content>Tiles, blocks of them, and everything before a week.</content>
internal sealed unsafe partial class Tiles<TOperator, TState, TVector, TInput>
{
    // By level the states of blocks of 2^level tiles of the stretch, from the tile of their slot on; slots count from its first.
    private readonly List<Planes> _levels = [];
    private int _levelCount;
    private int _stretch;
    private int _slots;
    private Planes _prefix;
    private bool _hasPrefix;

    /// <summary>Turns to a stretch.</summary>
    private void Begin(int stretch) => (_stretch, _slots, _levelCount, _hasPrefix) = (stretch, _set.Space.SlotsOf(stretch), 0, false);

    /// <summary>By slot of the stretch what is left from the start of its tile until so many weeks later; a null pointer of kinds that do not age.</summary>
    private double* Factors(int weeks)
    {
        var factors = _rules.Factors(weeks);
        return factors == null ? null : factors + _set.Space.SlotStart(_stretch);
    }

    /// <summary>Blocks of 2^level tiles.</summary>
    private void Level(int level)
    {
        for (; _levelCount <= level; _levelCount++)
        {
            if (_levels.Count == _levelCount)
            {
                _levels.Add(Take(_slotsMax, _arena));
            }

            if (_levelCount == 0)
            {
                Fold(_levels[0]);
            }
            else
            {
                Double(_levels[_levelCount - 1], _levels[_levelCount], 1 << (_levelCount - 1));
            }
        }
    }

    /// <summary>Blocks of two neighbours of so many tiles.</summary>
    private void Double(in Planes half, in Planes next, int tiles)
    {
        var factors = Factors(tiles);
        // Blocks that would reach behind the last tile are never read.
        for (nint i = 0; i < _slots - tiles; i += 8)
        {
            var (older, newer) = (TOperator.LoadVector(half, i), TOperator.LoadVector(half, i + tiles));
            TOperator.StoreVector(next, i, TileRules<TOperator, TState, TVector, TInput>.Merge(older, newer, factors, i + tiles));
        }
    }

    /// <summary>Every tile's events in event order; what lies before the first tile stays out.</summary>
    private void Fold(in Planes tiles)
    {
        FillEmpty(tiles, 0, _slots);
        if (_set.IsRecalled)
        {
            _rows.Read(_set, _stretch, tiles);
            return;
        }

        var boundaries = _set.Boundaries(_events) + _set.Space.SlotStart(_stretch);
        var shift = -_set.WeekOfSlots(_stretch);
        var (from, end) = (boundaries[0], boundaries[_slots - 1]);
        var (inputs, cuts) = (_rules.OfTiles(from, end), (nint)_set.Cuts);
        for (var i = from; i < end;)
        {
            // The tile of the week before an event's cut has the slot of that cut's boundary.
            var cut = ((int*)cuts)[i];
            var state = TOperator.Step(TOperator.Empty, TOperator.Input(inputs, i));
            for (i++; i < end && ((int*)cuts)[i] == cut; i++)
            {
                state = TOperator.Step(state, TOperator.Input(inputs, i));
            }

            TOperator.Store(tiles, cut + shift, state);
        }
    }

    /// <summary>By boundary everything before it, tiles folded from left to right (rule 5).</summary>
    private Planes Prefix()
    {
        if (_hasPrefix)
        {
            return _prefix;
        }

        Level(0);
        if (_prefix.First == null)
        {
            _prefix = Take(_slotsMax, _arena);
        }

        var factors = Factors(1);
        var state = Before(
            _set.Starts[_stretch], _set.Boundaries(_events)[_set.Space.SlotStart(_stretch)], _set.WeekOfSlots(_stretch));
        TOperator.Store(_prefix, 0, state);
        for (var slot = 1; slot < _slots; slot++)
        {
            state = TileRules<TOperator, TState, TVector, TInput>.Merge(state, TOperator.Load(_levels[0], slot), factors, slot);
            TOperator.Store(_prefix, slot, state);
        }

        _hasPrefix = true;
        return _prefix;
    }

    /// <summary>The tiles of a run of events, from left to right, as they are at the start of a week.</summary>
    private TState Before(int from, int to, int week)
    {
        var state = TOperator.Empty;
        var inputs = _rules.OfTiles(from, to);
        var end = from < to ? _set.Cuts[from] - 1 : week;
        while (from < to)
        {
            var (cut, tile) = (_set.Cuts[from], TOperator.Empty);
            for (; from < to && _set.Cuts[from] == cut; from++)
            {
                tile = TOperator.Step(tile, TOperator.Input(inputs, from));
            }

            state = _rules.Merge(_rules.Through(state, end, cut - 1), tile, cut - 1, cut);
            end = cut;
        }

        return _rules.Through(state, end, week);
    }
}
