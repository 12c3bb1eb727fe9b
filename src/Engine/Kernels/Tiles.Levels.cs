namespace FeatureService.Engine.Kernels;

/// <content>Tiles, blocks of them, and everything before a week.</content>
internal sealed unsafe partial class Tiles<TOperator, TState, TVector, TInput>
{
    // By level the states of blocks of 2^level tiles, from the tile of their slot on.
    private readonly List<Planes> _levels = [];

    /// <summary>Blocks of 2^level tiles.</summary>
    private void Level(int level)
    {
        if (_levels.Count == 0)
        {
            _levels.Add(Fold());
        }

        while (_levels.Count <= level)
        {
            var (half, tiles) = (_levels[^1], 1 << (_levels.Count - 1));
            var factors = _rules.Factors(tiles);
            var next = Take(_set.Space.SlotCount, _arena);
            // Blocks that would reach behind the last tile are never read.
            for (nint i = 0; i < _set.Space.SlotCount - tiles; i += 8)
            {
                var (older, newer) = (TOperator.LoadVector(half, i), TOperator.LoadVector(half, i + tiles));
                TOperator.StoreVector(next, i, TileRules<TOperator, TState, TVector, TInput>.Merge(older, newer, factors, i + tiles));
            }

            _levels.Add(next);
        }
    }

    /// <summary>Every tile's events in event order; what lies before the first tile of a stretch stays out.</summary>
    private Planes Fold()
    {
        var tiles = Take(_set.Space.SlotCount, _arena);
        for (nint i = 0; i < _set.Space.SlotCount; i++)
        {
            TOperator.Store(tiles, i, TOperator.Empty);
        }

        var boundaries = _set.Boundaries(_events);
        for (var stretch = 0; stretch < _set.Batch.Count; stretch++)
        {
            var slots = _set.Space.SlotStart(stretch);
            var shift = slots - _set.WeekOfSlots(stretch);
            var (from, end) = (boundaries[slots], boundaries[slots + _set.Space.SlotsOf(stretch) - 1]);
            var inputs = _rules.OfTiles(from, end);
            for (var i = from; i < end; i++)
            {
                // The tile of the week before an event's cut has the slot of that cut's boundary.
                var slot = _set.Cuts[i] + shift;
                TOperator.Store(tiles, slot, TOperator.Step(TOperator.Load(tiles, slot), TOperator.Input(inputs, i)));
            }
        }

        return tiles;
    }

    /// <summary>By boundary everything before it, tiles folded from left to right (rule 5).</summary>
    private Planes Prefix()
    {
        Level(0);
        var prefix = Take(_set.Space.SlotCount, _arena);
        var boundaries = _set.Boundaries(_events);
        var factors = _rules.Factors(1);
        for (var stretch = 0; stretch < _set.Batch.Count; stretch++)
        {
            var slot = _set.Space.SlotStart(stretch);
            var state = Before(_set.Starts[stretch], boundaries[slot], _set.WeekOfSlots(stretch));
            TOperator.Store(prefix, slot, state);
            for (var end = slot + _set.Space.SlotsOf(stretch); ++slot < end;)
            {
                state = TileRules<TOperator, TState, TVector, TInput>.Merge(state, TOperator.Load(_levels[0], slot), factors, slot);
                TOperator.Store(prefix, slot, state);
            }
        }

        return prefix;
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
