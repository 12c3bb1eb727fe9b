using FeatureService.Core.Calendar;

namespace FeatureService.Engine.Expressions;

/// <summary>A function of a local time in microseconds.</summary>
internal interface ILocalTimeFunction
{
    static abstract long Apply(long local);
}

internal readonly struct HourOf : ILocalTimeFunction
{
    public static long Apply(long local) => Instants.FloorDivide(local, Instants.MicrosPerHour) - (Instants.DayOf(local) * 24L);
}

internal readonly struct MinuteOf : ILocalTimeFunction
{
    public static long Apply(long local) =>
        Instants.FloorDivide(local, Instants.MicrosPerMinute) - (Instants.FloorDivide(local, Instants.MicrosPerHour) * 60);
}

internal readonly struct DateOf : ILocalTimeFunction
{
    public static long Apply(long local) => Instants.DayOf(local);
}

internal readonly struct WeekdayOf : ILocalTimeFunction
{
    public static long Apply(long local) => CivilDate.Weekday(Instants.DayOf(local));
}

internal readonly struct IsoWeekdayOf : ILocalTimeFunction
{
    public static long Apply(long local) => CivilDate.Weekday(Instants.DayOf(local)) is var day && day == 0 ? 7 : day;
}

internal readonly struct DayOfMonthOf : ILocalTimeFunction
{
    public static long Apply(long local) => CivilDate.Of(Instants.DayOf(local)).Day;
}

internal readonly struct MonthOf : ILocalTimeFunction
{
    public static long Apply(long local) => CivilDate.Of(Instants.DayOf(local)).Month;
}

internal readonly struct YearOf : ILocalTimeFunction
{
    public static long Apply(long local) => CivilDate.Of(Instants.DayOf(local)).Year;
}

/// <summary>The proleptic Gregorian calendar for any day; the BCL's ends with the years 1 and 9999.</summary>
internal static class CivilDate
{
    private const int DaysPerEra = 146_097;

    /// <summary>0 is Sunday.</summary>
    public static int Weekday(int day) => (int)((((day + 4L) % 7) + 7) % 7);

    /// <summary>Year, month and day of the month; inside, years start in March so that the leap day is their last.</summary>
    public static (long Year, int Month, int Day) Of(int day)
    {
        var shifted = day + 719_468L;
        var era = Instants.FloorDivide(shifted, DaysPerEra);
        var dayOfEra = (int)(shifted - (era * DaysPerEra));
        var yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        var dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        var fromMarch = ((5 * dayOfYear) + 2) / 153;
        var dayOfMonth = dayOfYear - (((153 * fromMarch) + 2) / 5) + 1;
        var month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
        return (yearOfEra + (era * 400) + (month <= 2 ? 1 : 0), month, dayOfMonth);
    }

    /// <summary>The day on which a year starts.</summary>
    public static long FirstOfYear(long year) => ((year - 1970) * 365) + LeapDaysTo(year - 1) - LeapDaysTo(1969);

    private static long LeapDaysTo(long year) =>
        Instants.FloorDivide(year, 4) - Instants.FloorDivide(year, 100) + Instants.FloorDivide(year, 400);
}

/// <summary>A function of timestamps, in the zone of the clock, or of dates where there is no clock.</summary>
internal sealed unsafe class TimeFunction<TFunction>(int operand, ZoneClock? clock) : Instruction
    where TFunction : ILocalTimeFunction
{
    public override void Run(Frame frame)
    {
        var source = frame.Slots[operand];
        var target = frame.Take<long>();
        var interval = 0;
        for (nint i = 0; i < frame.Count; i++)
        {
            var value = source.Long(i);
            target[i] = TFunction.Apply(clock is null ? value * Instants.MicrosPerDay : clock.ToLocal(value, ref interval));
        }

        frame.Slots[Target] = source with { Data = target, Mask = -1 };
    }
}

/// <summary>A date as the instant at which it starts.</summary>
internal sealed unsafe class DateToTimestamp(int operand, ZoneClock clock) : Instruction
{
    public override void Run(Frame frame)
    {
        var source = frame.Slots[operand];
        var target = frame.Take<long>();
        var (day, start) = (0, clock.StartOfDay(0));
        for (nint i = 0; i < frame.Count; i++)
        {
            // What lies under a null is any number, perhaps no day of any calendar, perhaps the day of the next lane.
            if (source.Long(i) != day && (source.Valid == null || BitWords.Get(source.Valid, i)))
            {
                day = (int)source.Long(i);
                start = clock.StartOfDay(day);
            }

            target[i] = start;
        }

        frame.Slots[Target] = source with { Data = target, Mask = -1 };
    }
}
