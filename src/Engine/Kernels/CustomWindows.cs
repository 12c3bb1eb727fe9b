using FeatureService.Engine.Definitions.Custom;
using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Kernels;

/// <summary>
/// Windows of an aggregate of C#. Where its states merge, they follow EVALUATION.md rules 2 to 5 and 9 as the tiles of other aggregates do;
/// else every window is folded event by event.
/// </summary>
/// <param name="set">The events.</param>
/// <param name="days">The local date of each.</param>
/// <param name="values">The value of each; a null pointer of an aggregate of events.</param>
/// <param name="shape">The window.</param>
/// <param name="span">The events of each cell.</param>
/// <param name="target">Takes the results, by cell.</param>
/// <param name="valid">Takes one bit a cell that has one.</param>
internal sealed unsafe class CustomWindows(
    EventSet set, long* days, long* values, WindowShape shape, EventSpan span, long* target, ulong* valid) : ICustomVisitor<bool>
{
    /// <inheritdoc/>
    public bool Visit<TState>(CustomAggregate<TState> aggregate)
        where TState : unmanaged
    {
        var hasTiles = aggregate.CanMerge && shape.EventsMax == 0;
        for (var stretch = 0; stretch < set.Batch.Count; stretch++)
        {
            var tiles = hasTiles ? new Tiles<TState>(this, aggregate, stretch) : null;
            for (var week = 0; week < set.Batch.WeekCounts[stretch]; week++)
            {
                var cell = set.Batch.CellStarts[stretch] + week;
                var state = span.Counts[cell] == 0 ? aggregate.Empty
                    : tiles is null ? Fold(aggregate, span.Lows[cell], span.Highs[cell], long.MaxValue, int.MaxValue)
                    : tiles.Window(week);
                Put(aggregate, cell, set.Batch.FirstWeeks[stretch] + week, state);
            }
        }

        foreach (var late in set.LateCells)
        {
            var week = set.Batch.FirstWeeks[late.Stretch] + late.Week;
            var state = span.Counts[late.Cell] == 0 ? aggregate.Empty
                : hasTiles ? new Tiles<TState>(this, aggregate, late.Stretch, set.WeekOf(late)).Window(late.Week)
                : Fold(aggregate, span.Lows[late.Cell], span.Highs[late.Cell], long.MaxValue, set.WeekOf(late));
            Put(aggregate, late.Cell, week, state);
        }

        return true;
    }

    private void Put<TState>(CustomAggregate<TState> aggregate, int cell, int week, TState state)
        where TState : unmanaged
    {
        var result = aggregate.Finish(state, shape.Ends[week]);
        target[cell] = result.Bits;
        if (result.HasValue)
        {
            BitWords.Set(valid, cell);
        }
        else
        {
            BitWords.Clear(valid, cell);
        }
    }

    /// <summary>Events from one on, up to another or an instant, those that a week's cutoff sees.</summary>
    private TState Fold<TState>(CustomAggregate<TState> aggregate, int from, int to, long end, int seenBy)
        where TState : unmanaged
    {
        var state = aggregate.Empty;
        for (var i = from; i < to && set.Times[i] < end; i++)
        {
            if (seenBy == int.MaxValue || set.Seen[i] <= seenBy)
            {
                state = aggregate.Add(state, new CustomEvent(set.Times[i], (int)days[i], values == null ? 0 : values[i]));
            }
        }

        return state;
    }

    /// <summary>The weekly states of one stretch, and blocks of 2^level of them, made when they are first asked for.</summary>
    private sealed class Tiles<TState>(CustomWindows windows, CustomAggregate<TState> aggregate, int stretch, int seenBy = int.MaxValue)
        where TState : unmanaged
    {
        private readonly Dictionary<(int Level, int Week), TState> _blocks = [];
        private readonly EventSet _set = windows.SetOfEvents;

        /// <summary>The state of the window of a week of the stretch.</summary>
        public TState Window(int weekOfStretch)
        {
            var (shape, week) = (windows.Shape, _set.Batch.FirstWeeks[stretch] + weekOfStretch);
            var run = shape.RunOf(week);
            var end = _set.WeekBase + week + run.EndOffset;
            TState? state = shape.IsOpen ? LeftToRight(end) : run.WeekCount == 0 ? null : Tree(end, run.WeekCount);
            state = Joined(shape.Heads is { } heads ? Piece(heads[week]) : null, state);
            state = Joined(state, shape.Tails is { } tails ? Piece(tails[week]) : null);
            return state ?? aggregate.Empty;
        }

        /// <summary>An absent part is skipped.</summary>
        private TState? Joined(TState? older, TState? newer) =>
            older is { } a && newer is { } b ? aggregate.Merge(a, b) : older ?? newer;

        private TState? Piece(Piece piece) => piece.Start >= piece.End
            ? null
            : windows.Fold(aggregate, _set.LowerBound(stretch, piece.Start), _set.Starts[stretch + 1], piece.End, seenBy);

        /// <summary>The tiles from that of the first event on, the weeks between without events too.</summary>
        private TState? LeftToRight(int end)
        {
            var first = _set.Starts[stretch];
            while (first < _set.Starts[stretch + 1] && seenBy != int.MaxValue && _set.Seen[first] > seenBy)
            {
                first++;
            }

            if (first == _set.Starts[stretch + 1] || _set.Cuts[first] > end)
            {
                return null;
            }

            var state = Block(0, _set.Cuts[first] - 1);
            for (var week = _set.Cuts[first]; week < end; week++)
            {
                state = aggregate.Merge(state, Block(0, week));
            }

            return state;
        }

        private TState Tree(int end, int weeks)
        {
            TState? state = null;
            for (var level = 0; weeks >> level != 0; level++)
            {
                if ((weeks >> level & 1) != 0)
                {
                    end -= 1 << level;
                    state = Joined(Block(level, end), state);
                }
            }

            return state!.Value;
        }

        private TState Block(int level, int week)
        {
            if (!_blocks.TryGetValue((level, week), out var state))
            {
                state = level == 0 ? Tile(week) : aggregate.Merge(Block(level - 1, week), Block(level - 1, week + (1 << (level - 1))));
                _blocks.Add((level, week), state);
            }

            return state;
        }

        private TState Tile(int week)
        {
            var (low, high) = (First(week), First(week + 1));
            return windows.Fold(aggregate, low, high, long.MaxValue, seenBy);
        }

        /// <summary>The first event that is not before a week.</summary>
        private int First(int week)
        {
            var (low, high) = (_set.Starts[stretch], _set.Starts[stretch + 1]);
            while (low < high)
            {
                var middle = (low + high) >>> 1;
                (low, high) = _set.Cuts[middle] <= week ? (middle + 1, high) : (low, middle);
            }

            return low;
        }
    }

    private EventSet SetOfEvents => set;

    private WindowShape Shape => shape;
}
