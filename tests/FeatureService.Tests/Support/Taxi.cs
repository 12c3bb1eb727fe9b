using FeatureService.Contracts.V1;
using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Snapshots;
using FeatureService.Testing;
using EntityKeys = FeatureService.Contracts.V1.EntityKeys;
using WeekRange = FeatureService.Contracts.V1.WeekRange;

namespace FeatureService.Tests.Support;

/// <summary>A small taxi app: 300 users whose opens and rides follow from their keys, and requests for them.</summary>
internal static class Taxi
{
    public const int Users = 300;

    public const string View =
        """
        view: taxi
        features:
          opens_4w: count(app_opens) over 4w
          fare_13w: sum(rides.fare) over 13w
          km_13w: avg(rides.km) over 13w
          last_area: last(rides.area) over 26w
        labels:
          opens_next: count(app_opens) over next 1w > 0
        """;

    public static readonly ISnapshot Snapshot = Make(partitions: 2, slices: 4);

    public static MemorySnapshot Make(int partitions, int slices, long fareFactor = 1, int areaLength = 0)
    {
        // Monday, 2024-01-01 in UTC.
        const long Start = 1_704_067_200L * Instants.MicrosPerSecond;
        var opens = new List<EventRow>();
        var rides = new List<EventRow>();
        for (var user = 0L; user < Users; user++)
        {
            for (var i = 0L; i < 5 + (user % 7); i++)
            {
                var at = Start + (((user * 31) + (i * 13)) % 180 * Instants.MicrosPerDay) + (i * Instants.MicrosPerHour);
                opens.Add(EventRow.Of(user, at));
                rides.Add(EventRow.Of(
                    user, at, at, (user + i) * fareFactor, i % 3 == 0 ? null : i * 1.5, i % 4 == 0 ? null : $"área {i % 5}".PadRight(areaLength), i % 2 == 0, 19_800));
            }
        }

        return new MemorySnapshot(Catalogs.Taxi("UTC"), new Placement(partitions, slices), [opens, rides]);
    }

    public static ViewSelector Selector => new() { Definition = View };

    public static WeekRange Weeks(string first = "2024-W10", string last = "2024-W20") => new() { First = first, Last = last };

    public static EntityKeys Keys(params long[] keys) => new() { Int64Keys = { keys } };

    public static GetFeatureVectorsRequest Get(params long[] keys) => new()
    {
        View = Selector,
        Columns = new ColumnSelector { Labels = true },
        Grid = new Grid { Weeks = Weeks(), Keys = Keys(keys) },
    };

    public static BackfillRequest Backfill() => new()
    {
        View = Selector,
        Columns = new ColumnSelector { Labels = true },
        Grid = new Grid { Weeks = Weeks() },
    };
}
