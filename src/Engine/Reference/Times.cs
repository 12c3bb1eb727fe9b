using FeatureService.Core.Calendar;
using FeatureService.Engine.Definitions;

namespace FeatureService.Engine.Reference;

/// <summary>Functions of timestamps, in the catalog's zone, and of dates.</summary>
internal static class Times
{
    private const long MicrosPerHour = 3_600_000_000;
    private const long MicrosPerMinute = 60_000_000;

    /// <summary>Evaluates a function of a timestamp (<see cref="long"/>) or a date (<see cref="int"/>).</summary>
    public static object Evaluate(ScalarFunction function, ZoneRules zone, object value)
    {
        var local = value is long utc ? zone.ToLocal(utc) : (int)value * Instants.MicrosPerDay;
        var day = Instants.DayOf(local);
        var inDay = local - day * Instants.MicrosPerDay;
        // 1970-01-01 is a Thursday.
        var weekday = (((day + 4) % 7) + 7) % 7;
        var (year, month, dayOfMonth) = Date(day);
        return function switch
        {
            ScalarFunction.Hour => inDay / MicrosPerHour,
            ScalarFunction.Minute => inDay % MicrosPerHour / MicrosPerMinute,
            ScalarFunction.Weekday => (long)weekday,
            ScalarFunction.IsoWeekday => weekday == 0 ? 7L : weekday,
            ScalarFunction.Day => dayOfMonth,
            ScalarFunction.Month => month,
            ScalarFunction.Year => year,
            ScalarFunction.IsoYear => IsoYear(day),
            ScalarFunction.WeekOfYear => (day - IsoYearStart(IsoYear(day))) / 7 + 1,
            ScalarFunction.Date => (object)day,
            _ => throw new NotSupportedException($"the function {function}"),
        };
    }

    /// <summary>The year of ISO 8601 that holds a day: it may start up to three days before or after the calendar's.</summary>
    private static long IsoYear(int day)
    {
        var (year, _, _) = Date(day);
        return day < IsoYearStart(year) ? year - 1 : day >= IsoYearStart(year + 1) ? year + 1 : year;
    }

    /// <summary>The Monday of the week that holds January 4.</summary>
    private static long IsoYearStart(long year)
    {
        // From 0000-03-01, whose day is -719,468, to a year's January are 306 days and the years before.
        var marches = year - 1;
        var leapDays = Instants.FloorDivide(marches, 4) - Instants.FloorDivide(marches, 100) + Instants.FloorDivide(marches, 400);
        var january4 = 365 * marches + leapDays + 306 + 3 - 719_468;
        return january4 - ((january4 + 3) % 7 + 7) % 7;
    }

    /// <summary>Date of the proleptic Gregorian calendar; years are counted from March, so that a leap day ends its year.</summary>
    private static (long Year, long Month, long Day) Date(int day)
    {
        const int DaysOfEra = 146_097;
        // 1970-01-01 is day 719,468 from 0000-03-01.
        var days = day + 719_468L;
        var era = Instants.FloorDivide(days, DaysOfEra);
        var dayOfEra = days - era * DaysOfEra;
        var yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        var dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        var month = (5 * dayOfYear + 2) / 153;
        var dayOfMonth = dayOfYear - (153 * month + 2) / 5 + 1;
        return month < 10
            ? (yearOfEra + era * 400, month + 3, dayOfMonth)
            : (yearOfEra + era * 400 + 1, month - 9, dayOfMonth);
    }
}
