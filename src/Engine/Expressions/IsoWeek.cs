using FeatureService.Core.Calendar;

namespace FeatureService.Engine.Expressions;

/// <summary>The weeks of ISO 8601: from Monday, and of the year that holds their Thursday.</summary>
internal static class IsoWeek
{
    /// <summary>Year, and number of the week in it from 1 to 53.</summary>
    public static (long Year, long Week) Of(int day)
    {
        var thursday = day + 3 - ((CivilDate.Weekday(day) + 6) % 7);
        var year = CivilDate.Of(thursday).Year;
        return (year, ((thursday - CivilDate.FirstOfYear(year)) / 7) + 1);
    }
}

internal readonly struct IsoYearOf : ILocalTimeFunction
{
    public static long Apply(long local) => IsoWeek.Of(Instants.DayOf(local)).Year;
}

internal readonly struct WeekOfYearOf : ILocalTimeFunction
{
    public static long Apply(long local) => IsoWeek.Of(Instants.DayOf(local)).Week;
}
