using System.IO.Hashing;
using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;

namespace FeatureService.Engine.Snapshots;

/// <summary>
/// Digests of the events of a slice: XXH3-128 over keys and rows for each period of 16 weeks. They see values, not codes, so that
/// dictionaries, segments and files may be cut as they like.
/// </summary>
public static class EventDigest
{
    /// <summary>Weeks of a period.</summary>
    public const int PeriodWeeks = 16;

    /// <summary>Bytes of a digest.</summary>
    public const int DigestBytes = 16;

    /// <summary>The period of a week.</summary>
    /// <param name="week">Number of the week in which an event lies.</param>
    public static int PeriodOf(int week) => (int)Instants.FloorDivide(week, PeriodWeeks);

    /// <summary>Digests one source's events of a slice.</summary>
    /// <param name="keys">The entities.</param>
    /// <param name="eventStarts">For each entity its first event, and behind the last the end.</param>
    /// <param name="periods">For each event its period less the first one, not descending within an entity; empty for facts without time, which lie in period 0.</param>
    /// <param name="columns">The source's columns by event number.</param>
    /// <param name="digests">Room for a digest for each period; stays zero where a period has no events.</param>
    public static void Write(
        EntityKeys keys, ReadOnlySpan<int> eventStarts, ReadOnlySpan<int> periods, ReadOnlySpan<EventColumn> columns, Span<byte> digests)
    {
        var hashes = new XxHash128?[digests.Length / DigestBytes];
        var runs = new DigestRuns(keys, columns);
        for (var entity = 0; entity < keys.Count; entity++)
        {
            var end = eventStarts[entity + 1];
            for (var start = eventStarts[entity]; start < end;)
            {
                var period = periods.IsEmpty ? 0 : periods[start];
                var stop = start + 1;
                while (stop < end && (periods.IsEmpty || periods[stop] == period))
                {
                    stop++;
                }

                runs.Add(entity, start, stop, period);
                start = stop;
            }

            if (runs.IsFull || entity == keys.Count - 1)
            {
                runs.AppendTo(hashes);
            }
        }

        runs.Free();
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i]?.GetCurrentHash(digests.Slice(i * DigestBytes, DigestBytes));
        }
    }
}
