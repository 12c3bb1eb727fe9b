using System.Numerics;
using FeatureService.Engine.Expressions;
using FeatureService.Engine.Kernels;
using FeatureService.Engine.Planning;

namespace FeatureService.Engine.Execution;

/// <summary>Picks the events of a batch that count, chunk by chunk, and packs their times and values.</summary>
/// <param name="plan">Which events count.</param>
/// <param name="values">Which values of them are packed.</param>
internal sealed unsafe class SetBuilder(SetPlan plan, ValuePlan[] values)
{
    private readonly void*[] _values = new void*[values.Length];
    private readonly EventSet _events = new();
    private SetBuilder? _shared;
    private int[] _starts = [];
    private Arena _arena = null!;
    private int* _rows;
    private long* _times;
    private int* _cuts;
    private int* _seen;
    private int _count;
    private bool _isWhole;

    /// <summary>The events, once packed.</summary>
    public EventSet Events => _shared is null ? _events : _shared.Events;

    /// <summary>One of the values of the packed events.</summary>
    public void* Values(int index) => _values[index];

    /// <summary>Whether a slot leaves any event out or in error; if not, the set has the events of its base.</summary>
    public static bool HasGaps(Frame frame, int slot) => slot >= 0 && (frame.Slots[slot].Valid != null || frame.Slots[slot].Errors != null);

    /// <summary>Makes room for a batch.</summary>
    /// <param name="arena">Memory until the batch is done.</param>
    /// <param name="capacity">Number of events of the batch.</param>
    /// <param name="inOneChunk">Whether all events come at once, and what is kept as a whole may be used in place.</param>
    public void Begin(Arena arena, int capacity, bool inOneChunk)
    {
        (_arena, _count, _isWhole, _shared) = (arena, 0, inOneChunk, null);
        if (inOneChunk)
        {
            return;
        }

        _rows = arena.Take<int>(capacity);
        _times = arena.Take<long>(capacity);
        _cuts = arena.Take<int>(capacity);
        _seen = plan.SeesAll ? null : arena.Take<int>(capacity);
        for (var i = 0; i < values.Length; i++)
        {
            _values[i] = arena.Take<long>(capacity);
        }
    }

    /// <summary>Takes the number of events of each week in place of events.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="space">Where its tiles lie.</param>
    /// <param name="weekBase">The week that the batch's weeks are counted from.</param>
    /// <param name="counts">The numbers.</param>
    /// <param name="arena">Memory until the batch is done.</param>
    public void Recall(Batch batch, TileSpace space, int weekBase, TileRows counts, Arena arena)
    {
        _shared = null;
        _events.Recall(batch, space, weekBase, counts, arena);
    }

    /// <summary>Takes the events of a set that has come to be the same, all of whose events came at once.</summary>
    public void Share(SetBuilder other, Frame frame, in EventChunk chunk)
    {
        _shared = other;
        for (var i = 0; i < values.Length; i++)
        {
            var (slot, form) = (values[i].Slot, values[i].Form);
            if (other._isWhole)
            {
                _values[i] = PackedValues.Whole(frame, slot, form, chunk.TypeOf(slot));
                continue;
            }

            _values[i] = _arena.Take<long>(other._count);
            PackedValues.Gather(
                frame.Slots[slot], form, chunk.TypeOf(slot), other._rows, other._count, chunk.First, (long*)_values[i]);
        }
    }

    /// <summary>Adds the events of a chunk that count.</summary>
    /// <param name="frame">The chunk's filters and values.</param>
    /// <param name="chunk">The chunk's times.</param>
    /// <param name="errors">Whether to take, instead, the events whose filter or value is in error.</param>
    public void Add(Frame frame, in EventChunk chunk, bool errors = false)
    {
        var keep = errors ? InError(frame, chunk) : Kept(frame, chunk);
        if (_isWhole && keep == null)
        {
            TakeInPlace(frame, chunk);
            return;
        }

        if (_isWhole)
        {
            var kept = (int)BitWords.PopCount(keep, frame.Count);
            Begin(_arena, kept, false);
        }

        var from = _count;
        AddRows(keep, frame.Count, chunk.First);
        for (var i = from; i < _count; i++)
        {
            var row = _rows[i] - chunk.First;
            _times[i] = chunk.Times[row];
            _cuts[i] = chunk.Cuts[row];
            if (_seen != null)
            {
                _seen[i] = chunk.Seen[row];
            }
        }

        for (var i = 0; i < values.Length; i++)
        {
            PackedValues.Gather(
                frame.Slots[values[i].Slot],
                values[i].Form,
                chunk.TypeOf(values[i].Slot),
                _rows + from,
                _count - from,
                chunk.First,
                (long*)_values[i] + from);
        }
    }

    /// <summary>Hands the packed events to the kernels.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="space">Where its tiles lie.</param>
    /// <param name="weekBase">The week that the batch's weeks are counted from.</param>
    /// <param name="eventStarts">Each stretch's first event, counted over all events of the batch.</param>
    public void End(Batch batch, TileSpace space, int weekBase, ReadOnlySpan<int> eventStarts)
    {
        if (_shared is not null)
        {
            return;
        }

        if (_starts.Length < eventStarts.Length)
        {
            _starts = new int[eventStarts.Length * 2];
        }

        var next = 0;
        for (var stretch = 0; stretch < eventStarts.Length; stretch++)
        {
            if (_isWhole)
            {
                _starts[stretch] = eventStarts[stretch];
                continue;
            }

            while (next < _count && _rows[next] < eventStarts[stretch])
            {
                next++;
            }

            _starts[stretch] = next;
        }

        _events.Set(batch, space, weekBase, _count, _isWhole ? null : _rows, _times, _cuts, _seen, _starts.AsSpan(0, eventStarts.Length));
    }

    private void TakeInPlace(Frame frame, in EventChunk chunk)
    {
        _count = frame.Count;
        _times = chunk.Times;
        _cuts = chunk.Cuts;
        _seen = plan.SeesAll ? null : chunk.Seen;
        for (var i = 0; i < values.Length; i++)
        {
            _values[i] = PackedValues.Whole(frame, values[i].Slot, values[i].Form, chunk.TypeOf(values[i].Slot));
        }
    }

    /// <summary>Filter true, value there, and known some day; a null pointer where that holds for all events.</summary>
    private ulong* Kept(Frame frame, in EventChunk chunk)
    {
        var valid = plan.Input < 0 ? null : frame.Slots[plan.Input].Valid;
        if (plan.Where >= 0)
        {
            valid = frame.Both(valid, True(frame, frame.Slots[plan.Where]));
        }

        return plan.SeesAll || chunk.EverSeen == null ? valid : frame.Both(valid, chunk.EverSeen);
    }

    /// <summary>Filter in error, or true and the value in error, and known some day.</summary>
    private ulong* InError(Frame frame, in EventChunk chunk)
    {
        var errors = plan.Input < 0 ? null : frame.Slots[plan.Input].Errors;
        if (plan.Where >= 0)
        {
            var where = frame.Slots[plan.Where];
            errors = errors == null ? where.Errors : frame.Either(frame.Both(errors, True(frame, where)), where.Errors);
        }

        return plan.SeesAll || chunk.EverSeen == null ? errors : frame.Both(errors, chunk.EverSeen);
    }

    private static ulong* True(Frame frame, Lanes where)
    {
        var bits = frame.TakeBits();
        for (nint i = 0; i < frame.Words; i++)
        {
            bits[i] = where.Word(i) & where.ValidWord(i);
        }

        return bits;
    }

    private void AddRows(ulong* keep, int count, int first)
    {
        for (nint word = 0; word < BitWords.Count(count); word++)
        {
            var bits = (keep == null ? ulong.MaxValue : keep[word]) & BitWords.InRange(word, count);
            for (; bits != 0; bits &= bits - 1)
            {
                _rows[_count++] = first + (int)(word << 6) + BitOperations.TrailingZeroCount(bits);
            }
        }
    }
}
