namespace FeatureService.Ingest.Writing;

/// <summary>Sorts each entity's events by time, then by a column where one breaks ties; what is equal keeps its order.</summary>
internal static class TimeSort
{
    /// <summary>Where each event goes.</summary>
    /// <param name="starts">For each entity its first event, and behind the last the number of events.</param>
    /// <param name="times">The events' times in the order of the input within each entity.</param>
    /// <param name="ties">Compares two events of one time by their places in the input; null where none is before another.</param>
    /// <param name="moves">Filled with where each event goes, unless all are sorted.</param>
    /// <returns>Whether any event moves.</returns>
    public static bool TryMoves(int[] starts, ReadOnlySpan<long> times, Comparison<int>? ties, Span<int> moves)
    {
        var isMoving = false;
        for (var entity = 0; entity + 1 < starts.Length; entity++)
        {
            var (start, end) = (starts[entity], starts[entity + 1]);
            if (IsSorted(times, start, end, ties))
            {
                continue;
            }

            if (!isMoving)
            {
                isMoving = true;
                Number(moves);
            }

            var keys = times[start..end].ToArray();
            var items = moves[start..end].ToArray();
            Sort(keys, items, ties);
            for (var i = 0; i < items.Length; i++)
            {
                moves[items[i]] = start + i;
            }
        }

        return isMoving;
    }

    /// <summary>Sorting by key alone shuffles equal ones; their items are ascending numbers, so sorting those restores the order.</summary>
    private static void Sort(long[] keys, int[] items, Comparison<int>? ties)
    {
        Array.Sort(keys, items);
        for (var start = 0; start < keys.Length;)
        {
            var end = start + 1;
            while (end < keys.Length && keys[end] == keys[start])
            {
                end++;
            }

            var equal = items.AsSpan(start, end - start);
            equal.Sort();
            if (ties is not null && equal.Length > 1)
            {
                equal.Sort((left, right) => ties(left, right) is var order && order != 0 ? order : left.CompareTo(right));
            }

            start = end;
        }
    }

    private static bool IsSorted(ReadOnlySpan<long> times, int start, int end, Comparison<int>? ties)
    {
        for (var i = start + 1; i < end; i++)
        {
            if (times[i] < times[i - 1] || (ties is not null && times[i] == times[i - 1] && ties(i - 1, i) > 0))
            {
                return false;
            }
        }

        return true;
    }

    private static void Number(Span<int> moves)
    {
        for (var i = 0; i < moves.Length; i++)
        {
            moves[i] = i;
        }
    }
}
