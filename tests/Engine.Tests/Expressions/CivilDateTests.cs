using FeatureService.Core.Calendar;
using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Tests.Expressions;

public sealed class CivilDateTests
{
    [Fact]
    public void Every_day_from_1890_to_2210_has_the_date_of_the_BCL()
    {
        for (var date = new DateOnly(1890, 1, 1); date.Year < 2210; date = date.AddDays(1))
        {
            var day = WeekCalendar.DayNumber(date);
            Assert.Equal(((long)date.Year, date.Month, date.Day), CivilDate.Of(day));
            Assert.Equal((int)date.DayOfWeek, CivilDate.Weekday(day));
        }
    }

    [Fact]
    public void Hours_and_minutes_before_1970_are_counted_from_midnight()
    {
        var local = -Instants.MicrosPerDay + (23 * Instants.MicrosPerHour) + (59 * Instants.MicrosPerMinute) + 1;
        Assert.Equal(23, HourOf.Apply(local));
        Assert.Equal(59, MinuteOf.Apply(local));
    }
}
