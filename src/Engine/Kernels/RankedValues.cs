using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Kernels;

/// <summary>
/// The values of a set's events in ascending order, stretch by stretch: sorted once, so that windows that slide over the events handle
/// small numbers instead of values. Used again for the next batch.
/// </summary>
internal sealed unsafe class RankedValues
{
    private EventSet _set = null!;
    private int* _groupCounts;

    /// <summary>Sorts the values of a batch.</summary>
    /// <param name="set">The events.</param>
    /// <param name="keys">The value of each event, as an int64 that orders and equals as it does.</param>
    /// <param name="arena">Memory that lives as long as the set does.</param>
    /// <returns>This.</returns>
    public RankedValues Set(EventSet set, long* keys, Arena arena)
    {
        (_set, CountMax) = (set, 0);
        Ranks = arena.Take<int>(set.Count);
        Groups = arena.Take<int>(set.Count);
        Sorted = arena.Take<long>(set.Count);
        Distinct = arena.Take<long>(set.Count);
        _groupCounts = arena.Take<int>(set.Batch.Count);
        var events = arena.Take<int>(set.Count);
        for (var stretch = 0; stretch < set.Batch.Count; stretch++)
        {
            Sort(stretch, keys, events);
            CountMax = Math.Max(CountMax, Count(stretch));
        }

        return this;
    }

    /// <summary>For each event its place among the values of its stretch, from 0; equal values have places in any order.</summary>
    public int* Ranks { get; private set; }

    /// <summary>For each event the number of its value among the distinct values of its stretch, ascending from 0.</summary>
    public int* Groups { get; private set; }

    /// <summary>The keys of each stretch in ascending order, from the place of its first event on.</summary>
    public long* Sorted { get; private set; }

    /// <summary>The distinct keys of each stretch in ascending order, from the place of its first event on.</summary>
    public long* Distinct { get; private set; }

    /// <summary>The first event of a stretch.</summary>
    public int Start(int stretch) => _set.Starts[stretch];

    /// <summary>Number of events of a stretch.</summary>
    public int Count(int stretch) => _set.Starts[stretch + 1] - _set.Starts[stretch];

    /// <summary>Number of distinct values of a stretch.</summary>
    public int GroupCount(int stretch) => _groupCounts[stretch];

    /// <summary>The most events of a stretch.</summary>
    public int CountMax { get; private set; }

    private void Sort(int stretch, long* keys, int* events)
    {
        var (start, count) = (Start(stretch), Count(stretch));
        for (var i = start; i < start + count; i++)
        {
            Sorted[i] = keys[i];
            events[i] = i;
        }

        new Span<long>(Sorted + start, count).Sort(new Span<int>(events + start, count));
        var group = -1;
        for (var rank = 0; rank < count; rank++)
        {
            var key = Sorted[start + rank];
            if (rank == 0 || key != Sorted[start + rank - 1])
            {
                Distinct[start + ++group] = key;
            }

            Ranks[events[start + rank]] = rank;
            Groups[events[start + rank]] = group;
        }

        _groupCounts[stretch] = group + 1;
    }
}
