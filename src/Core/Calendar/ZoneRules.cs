using System.Collections.Immutable;
using NodaTime;
using NodaTime.TimeZones;

namespace FeatureService.Core.Calendar;

/// <summary>
/// The rules of one time zone as a table: from which instant on which offset from UTC holds. Taken from NodaTime's database when a
/// snapshot is built and stored in it, so that input, cutoffs and row functions all follow the same rules for ever.
/// </summary>
/// <remarks>The table reaches from 1800 to 2300; its first and last offsets hold before and after.</remarks>
public sealed class ZoneRules
{
    private readonly long[] _starts;
    private readonly int[] _offsetSeconds;

    /// <summary>Rules from a stored table.</summary>
    /// <param name="id">The zone's name in the tz database.</param>
    /// <param name="starts">Instants from which each offset holds, ascending; the first is <see cref="long.MinValue"/>.</param>
    /// <param name="offsetSeconds">Seconds east of UTC, as many as <paramref name="starts"/>.</param>
    /// <exception cref="ArgumentException">The arrays do not fit each other.</exception>
    public ZoneRules(string id, ImmutableArray<long> starts, ImmutableArray<int> offsetSeconds)
    {
        if (starts.Length == 0 || starts.Length != offsetSeconds.Length || starts[0] != long.MinValue)
        {
            throw new ArgumentException($"zone rules of {id}: expected as many starts as offsets, the first start the least int64");
        }

        for (var i = 1; i < starts.Length; i++)
        {
            if (starts[i] <= starts[i - 1])
            {
                throw new ArgumentException($"zone rules of {id}: expected ascending starts");
            }
        }

        Id = id;
        _starts = [.. starts];
        _offsetSeconds = [.. offsetSeconds];
    }

    /// <summary>UTC.</summary>
    public static ZoneRules Utc { get; } = new("UTC", [long.MinValue], [0]);

    /// <summary>The zone's name in the tz database.</summary>
    public string Id { get; }

    /// <summary>Instants from which each offset holds.</summary>
    public ImmutableArray<long> Starts => [.. _starts];

    /// <summary>Seconds east of UTC, one for each of <see cref="Starts"/>.</summary>
    public ImmutableArray<int> OffsetSeconds => [.. _offsetSeconds];

    /// <summary>The rules of a zone of the tz database that NodaTime ships.</summary>
    /// <param name="id">A name such as <c>Asia/Tokyo</c>.</param>
    /// <returns>Null where there is no such zone.</returns>
    public static ZoneRules? FromTzdb(string id)
    {
        if (id == "UTC")
        {
            return Utc;
        }

        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(id);
        if (zone is null)
        {
            return null;
        }

        var starts = ImmutableArray.CreateBuilder<long>();
        var offsets = ImmutableArray.CreateBuilder<int>();
        foreach (var interval in zone.GetZoneIntervals(
            new Interval(Instant.FromUtc(1800, 1, 1, 0, 0), Instant.FromUtc(2300, 1, 1, 0, 0)),
            ZoneEqualityComparer.Options.OnlyMatchWallOffset))
        {
            starts.Add(starts.Count == 0 ? long.MinValue : interval.Start.ToUnixTimeTicks() / 10);
            offsets.Add(interval.WallOffset.Seconds);
        }

        return new ZoneRules(id, starts.ToImmutable(), offsets.ToImmutable());
    }

    /// <summary>Names of all zones that <see cref="FromTzdb"/> knows.</summary>
    public static IReadOnlyCollection<string> Ids => DateTimeZoneProviders.Tzdb.Ids;

    /// <summary>Local time at an instant.</summary>
    /// <param name="utc">Microseconds UTC.</param>
    /// <returns>Microseconds on the zone's clock.</returns>
    public long ToLocal(long utc) => utc + Offset(IntervalAt(utc));

    /// <summary>The instant of a local time: the later one where it occurs twice; one that is skipped moves forward by the gap.</summary>
    /// <param name="local">Microseconds on the zone's clock.</param>
    /// <returns>Microseconds UTC.</returns>
    public long ToUtc(long local)
    {
        // Offsets are under a day, so the interval lies between those at a day before and a day after.
        var last = IntervalAt(Saturate(local, Instants.MicrosPerDay));
        for (var i = last; i >= 0; i--)
        {
            var utc = local - Offset(i);
            if (utc >= _starts[i])
            {
                // In the interval, or in the gap behind it, where the offset before the gap moves the time forward.
                return utc;
            }
        }

        return local - Offset(0);
    }

    /// <summary>The first instant of a local date; of a date that the zone skipped as a whole, the instant of the jump.</summary>
    /// <param name="day">Days since 1970-01-01.</param>
    /// <returns>Microseconds UTC.</returns>
    public long StartOfDay(int day)
    {
        var midnight = day * Instants.MicrosPerDay;
        var first = IntervalAt(midnight - Instants.MicrosPerDay);
        for (var i = first; ; i++)
        {
            var utc = Math.Max(_starts[i], midnight - Offset(i));
            if (i == _starts.Length - 1 || utc < _starts[i + 1])
            {
                return utc;
            }
        }
    }

    /// <summary>The local date at an instant.</summary>
    /// <param name="utc">Microseconds UTC.</param>
    /// <returns>Days since 1970-01-01.</returns>
    public int LocalDay(long utc) => Instants.DayOf(ToLocal(utc));

    private static long Saturate(long micros, long plus) => micros > long.MaxValue - plus ? long.MaxValue : micros + plus;

    private long Offset(int interval) => _offsetSeconds[interval] * Instants.MicrosPerSecond;

    private int IntervalAt(long utc)
    {
        var index = Array.BinarySearch(_starts, utc);
        return index >= 0 ? index : ~index - 1;
    }
}
