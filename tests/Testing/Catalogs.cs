using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;

namespace FeatureService.Testing;

/// <summary>Catalogs made in code.</summary>
public static class Catalogs
{
    /// <summary>A catalog of int64 users whose weeks start on Monday.</summary>
    /// <param name="zone">The zone's name in the tz database.</param>
    /// <param name="sources">The sources.</param>
    public static Catalog Of(string zone, params EventSource[] sources) => new()
    {
        EntityName = "user_id",
        EntityType = EntityKeyType.Int64,
        Calendar = Weeks(zone),
        Sources = [.. sources],
    };

    /// <summary>The weeks of a zone.</summary>
    /// <param name="zone">The zone's name in the tz database.</param>
    /// <param name="weekStart">The day on which a week starts.</param>
    public static WeekCalendar Weeks(string zone, DayOfWeek weekStart = DayOfWeek.Monday) =>
        new(ZoneRules.FromTzdb(zone) ?? throw new ArgumentException($"no zone {zone}"), weekStart);

    /// <summary>A source whose first column, the timestamp <c>at</c>, is its time.</summary>
    /// <param name="name">The source's name.</param>
    /// <param name="columns">The columns behind the time.</param>
    public static EventSource Source(string name, params (string Name, ColumnType Type)[] columns) => new()
    {
        Name = name,
        Columns = [new SourceColumn("at", ColumnType.Timestamp), .. columns.Select(column => new SourceColumn(column.Name, column.Type))],
        TimeColumn = 0,
        Reading = "",
    };

    /// <summary>Facts without time.</summary>
    /// <param name="name">The source's name.</param>
    /// <param name="columns">The columns.</param>
    public static EventSource Facts(string name, params (string Name, ColumnType Type)[] columns) => new()
    {
        Name = name,
        Columns = [.. columns.Select(column => new SourceColumn(column.Name, column.Type))],
        TimeColumn = -1,
        Reading = "",
    };

    /// <summary>
    /// Opens and rides of a taxi app: <c>app_opens(at)</c> and <c>rides(at, known_at, fare int64, km float64, area string, night bool,
    /// booked_on date)</c>, of which a ride is known at <c>known_at</c>.
    /// </summary>
    /// <param name="zone">The zone's name in the tz database.</param>
    public static Catalog Taxi(string zone = "Asia/Tokyo") => Of(zone, Source("app_opens"), Source(
        "rides",
        ("known_at", ColumnType.Timestamp),
        ("fare", ColumnType.Int64),
        ("km", ColumnType.Float64),
        ("area", ColumnType.String),
        ("night", ColumnType.Bool),
        ("booked_on", ColumnType.Date)) with
    {
        AvailableColumn = 1,
    });
}
