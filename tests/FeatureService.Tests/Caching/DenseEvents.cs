using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Testing;

namespace FeatureService.Tests.Caching;

/// <summary>Snapshots of one source <c>e</c> with an int64 <c>i</c> and a float64 <c>f</c>, with as many events a week as wanted.</summary>
internal static class DenseEvents
{
    /// <summary>Monday, 2019-01-07 in London.</summary>
    public static readonly long Start = new DateTime(2019, 1, 7, 0, 0, 0, DateTimeKind.Utc).Subtract(DateTime.UnixEpoch).Ticks / 10;

    /// <summary>Users with so many events in each of so many weeks; with a week from which on only there are more, those of the first 90 stay as they are.</summary>
    public static MemorySnapshot Of(int users, int weeks, int perWeek, int lateFrom = 0)
    {
        var rows = new List<EventRow>();
        for (var user = 0L; user < users; user++)
        {
            foreach (var week in Enumerable.Range(0, weeks).Where(week => lateFrom == 0 || week < 90 || week >= lateFrom))
            {
                for (var i = 0; i < perWeek; i++)
                {
                    var at = Start + (week * 7 * Instants.MicrosPerDay) + ((((user * 31) + week + (i * 13)) % 160) * Instants.MicrosPerHour);
                    rows.Add(EventRow.Of(user, at, ((user * 7) + week + i) % 5, (week + i) % 9 == 0 ? null : Math.Round(((user * 17) + (week * 5) + i) % 23 * 0.37, 2)));
                }
            }
        }

        var catalog = Catalogs.Of("Europe/London", Catalogs.Source("e", ("i", ColumnType.Int64), ("f", ColumnType.Float64)));
        return new MemorySnapshot(catalog, new Placement(2, 4), [rows]);
    }
}
