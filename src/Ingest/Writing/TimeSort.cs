namespace FeatureService.Ingest.Writing;

/// <summary>Sorts each entity's events by time; equal times keep their order.</summary>
internal static class TimeSort
{
    /// <summary>Where each event goes.</summary>
    /// <param name="starts">For each entity its first event, and behind the last the number of events.</param>
    /// <param name="times">The events' times in the order of the input within each entity.</param>
    /// <returns>Null where all are sorted.</returns>
    public static int[]? Moves(int[] starts, long[] times)
    {
        int[]? moves = null;
        for (var entity = 0; entity + 1 < starts.Length; entity++)
        {
            var (start, end) = (starts[entity], starts[entity + 1]);
            if (IsSorted(times.AsSpan(start, end - start)))
            {
                continue;
            }

            moves ??= Identity(times.Length);
            var keys = times.AsSpan(start, end - start).ToArray();
            var items = moves.AsSpan(start, end - start).ToArray();
            Sort(keys, items);
            for (var i = 0; i < items.Length; i++)
            {
                moves[items[i]] = start + i;
            }
        }

        return moves;
    }

    /// <summary>Sorting by key alone shuffles equal ones; their items are ascending numbers, so sorting those restores the order.</summary>
    private static void Sort(long[] keys, int[] items)
    {
        Array.Sort(keys, items);
        for (var start = 0; start < keys.Length;)
        {
            var end = start + 1;
            while (end < keys.Length && keys[end] == keys[start])
            {
                end++;
            }

            items.AsSpan(start, end - start).Sort();
            start = end;
        }
    }

    private static bool IsSorted(ReadOnlySpan<long> times)
    {
        for (var i = 1; i < times.Length; i++)
        {
            if (times[i] < times[i - 1])
            {
                return false;
            }
        }

        return true;
    }

    private static int[] Identity(int count)
    {
        var identity = new int[count];
        for (var i = 0; i < count; i++)
        {
            identity[i] = i;
        }

        return identity;
    }
}
