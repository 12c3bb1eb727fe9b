using System.Globalization;
using FeatureService.Core.Calendar;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Expressions;
using FeatureService.Engine.Reference;
using FeatureService.Testing;

namespace FeatureService.Engine.Tests.Expressions;

public sealed class IsoWeekTests
{
    private static readonly ZoneRules s_utc = Catalogs.Weeks("UTC").Zone;

    [Fact]
    public void Every_day_from_1900_to_2200_has_the_week_of_the_BCL()
    {
        for (var date = new DateOnly(1900, 1, 1); date.Year <= 2200; date = date.AddDays(1))
        {
            var day = WeekCalendar.DayNumber(date);
            var expected = ((long)ISOWeek.GetYear(date), (long)ISOWeek.GetWeekOfYear(date));
            Assert.Equal(expected, IsoWeek.Of(day));
            Assert.Equal(expected, Reference(day));
        }
    }

    [Fact]
    public void Days_that_no_calendar_of_the_BCL_has_are_in_the_week_of_the_reference()
    {
        // The first and the last day whose start an int64 of microseconds holds, the turns of years before the year 1, and any.
        var last = Instants.DayOf(long.MaxValue);
        var random = new Random(1);
        int[] days =
        [
            .. Enumerable.Range(0, 800).SelectMany(n => (int[])[last - n, n - last, n - 719_468 - 400]),
            .. Enumerable.Range(0, 100_000).Select(_ => random.Next(-last, last + 1)),
        ];
        Assert.All(days, day => Assert.Equal(Reference(day), IsoWeek.Of(day)));
    }

    [Fact]
    public void A_year_starts_where_its_first_date_lies()
    {
        for (long year = -2500; year < 2500; year++)
        {
            Assert.Equal((year, 1, 1), CivilDate.Of((int)CivilDate.FirstOfYear(year)));
        }
    }

    private static (long Year, long Week) Reference(int day) => (
        (long)Times.Evaluate(ScalarFunction.IsoYear, s_utc, day), (long)Times.Evaluate(ScalarFunction.WeekOfYear, s_utc, day));
}
