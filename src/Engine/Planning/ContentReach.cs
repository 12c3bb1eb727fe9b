using System.IO.Hashing;
using System.Runtime.InteropServices;
using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Engine.Planning;

/// <summary>
/// What of a snapshot decides the values of a column in a stretch of weeks, beside the definition: the periods of its sources that its
/// windows reach, the rules of the zone, and of a label the weeks at which it is mature. Immutable.
/// </summary>
public sealed class ContentReach
{
    // The years that an event's time may have.
    private static readonly long _first = new DateTime(1, 1, 2, 0, 0, 0, DateTimeKind.Utc).Subtract(DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
    private static readonly long _last = new DateTime(9999, 12, 30, 0, 0, 0, DateTimeKind.Utc).Subtract(DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private readonly ISnapshot _snapshot;
    private readonly (int Source, int FirstPeriod, int LastPeriod)[] _periods;
    private readonly byte[] _fixed;

    private ContentReach(ISnapshot snapshot, (int Source, int FirstPeriod, int LastPeriod)[] periods, byte[] fixedPart)
    {
        _snapshot = snapshot;
        _periods = periods;
        _fixed = fixedPart;
    }

    /// <summary>The reach of a column.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="column">Index of the column.</param>
    /// <param name="firstWeek">Number of the first week.</param>
    /// <param name="weekCount">Number of weeks.</param>
    public static ContentReach Of(Plan plan, int column, int firstWeek, int weekCount)
    {
        var (snapshot, reads) = (plan.Snapshot, plan.Program.Reads[column]);
        var hash = new XxHash128();
        AppendZone(hash, snapshot.Catalog.Calendar);
        if (plan.Columns[column].Role == FeatureRole.Label)
        {
            // Not the instant itself: what has long been mature stays as it is when more becomes so.
            hash.Append(MemoryMarshal.AsBytes<bool>(Completeness.Mature(snapshot, reads, firstWeek, weekCount)));
        }

        var periods = reads.GroupBy(call => call.Source).OrderBy(calls => calls.Key).Select(calls =>
        {
            var ofCalls = calls.Select(call => Periods(snapshot.Catalog, call, firstWeek, weekCount)).ToArray();
            return (calls.Key, ofCalls.Min(p => p.First), ofCalls.Max(p => p.Last));
        });
        return new ContentReach(snapshot, [.. periods], hash.GetCurrentHash());
    }

    /// <summary>The reach of a tile array: the weeks themselves.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="array">The array.</param>
    /// <param name="firstWeek">Number of the first week.</param>
    /// <param name="weekCount">Number of weeks.</param>
    public static ContentReach Of(Plan plan, TileArray array, int firstWeek, int weekCount)
    {
        var hash = new XxHash128();
        AppendZone(hash, plan.Snapshot.Catalog.Calendar);
        return new ContentReach(
            plan.Snapshot, [(array.Source, EventDigest.PeriodOf(firstWeek), EventDigest.PeriodOf(firstWeek + weekCount - 1))], hash.GetCurrentHash());
    }

    /// <summary>Adds the content of a slice, as far as it is reached, to a hash; sources go by their names.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="hash">The hash.</param>
    /// <returns>False where the snapshot does not know its content.</returns>
    public bool TryAppend(SliceId slice, NonCryptographicHashAlgorithm hash)
    {
        hash.Append(_fixed);
        foreach (var (source, first, last) in _periods)
        {
            hash.Append(System.Text.Encoding.UTF8.GetBytes(_snapshot.Catalog.Sources[source].Name + "\n"));
            if (!_snapshot.AppendDigests(source, slice, first, last, hash))
            {
                return false;
            }
        }

        return true;
    }

    private static void AppendZone(XxHash128 hash, WeekCalendar calendar)
    {
        hash.Append(MemoryMarshal.AsBytes<long>(calendar.Zone.Starts.ToArray()));
        hash.Append(MemoryMarshal.AsBytes<int>(calendar.Zone.OffsetSeconds.ToArray()));
        hash.Append([(byte)calendar.WeekStart]);
    }

    private static (int First, int Last) Periods(Catalog catalog, AggregateCall call, int firstWeek, int weekCount)
    {
        if (catalog.Sources[call.Source].Always)
        {
            return (0, 0);
        }

        var calendar = catalog.Calendar;
        var (start, _) = call.Window.Instants(calendar, firstWeek);
        var (_, end) = call.Window.Instants(calendar, firstWeek + weekCount - 1);
        // Of so many latest events any may lie far back.
        var isOpen = call.Window.EventsMax > 0 || start <= _first;
        return (
            isOpen ? int.MinValue : EventDigest.PeriodOf(calendar.WeekOf(Math.Min(start, _last))),
            EventDigest.PeriodOf(calendar.WeekOf(Math.Clamp(end, _first, _last))));
    }
}
