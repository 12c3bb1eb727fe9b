using CsCheck;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;

namespace FeatureService.Testing.Generators;

/// <summary>Values of events: mostly small, some that break careless code.</summary>
public static class ValueGen
{
    private static readonly Gen<long> s_integers = Gen.Frequency(
        (6, (IGen<long>)Gen.Long[-20, 20]),
        (1, Gen.OneOf(long.MaxValue, long.MinValue, long.MinValue + 1, 1L << 62)),
        (1, Gen.OneOf((1L << 53) + 1, -(1L << 53) - 1, (1L << 24) + 1, (1L << 40) + 1)),
        (1, Gen.Long));

    private static readonly double s_signallingNaN = BitConverter.Int64BitsToDouble(0x7FF0_0000_0000_0001);

    private static readonly Gen<double> s_floats = Gen.Frequency(
        (6, (IGen<double>)Gen.Int[-1000, 1000].Select(n => n / 10.0)),
        (2, Gen.Double[-1e6, 1e6]),
        (1, Gen.OneOf(double.NaN, s_signallingNaN, -0.0, 0.0, double.PositiveInfinity, double.NegativeInfinity)),
        (1, Gen.OneOf(double.MaxValue, -double.MaxValue, double.Epsilon, 1e16, 1e-300, 0.49999999999999994, 3.5e38, 0.5, 2.5)));

    /// <summary>Texts that a like pattern, a letter case or an order by bytes may tell apart.</summary>
    public static Gen<string> Text { get; } = Gen.OneOf(
        "", "app", "App", "cash", "cash%", "a_b", "é", "É", "ß", "İ", "ǆ", "Ω", "￿", "😀", "𐐷x", "it's");

    /// <summary>A value of a type, or null one time in six.</summary>
    /// <param name="type">The type.</param>
    /// <param name="instants">What timestamps are.</param>
    /// <param name="calendar">The catalog's weeks.</param>
    public static Gen<object?> Of(ColumnType type, Gen<long> instants, WeekCalendar calendar)
    {
        var value = type switch
        {
            ColumnType.Bool => Gen.Bool.Select(truth => (object?)truth),
            ColumnType.Int64 => s_integers.Select(number => (object?)number),
            ColumnType.Float64 => s_floats.Select(number => (object?)number),
            ColumnType.String => Text.Select(text => (object?)text),
            ColumnType.Date => instants.Select(utc => (object?)calendar.Zone.LocalDay(utc)),
            ColumnType.Timestamp => instants.Select(utc => (object?)utc),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no column has the type"),
        };
        return Gen.Frequency((5, (IGen<object?>)value), (1, Gen.Const<object?>((object?)null)));
    }

    /// <summary>Instants around a week: anywhere, on starts of weeks and days, whole hours from them, and a microsecond beside.</summary>
    /// <param name="calendar">The catalog's weeks.</param>
    /// <param name="week">The week in the middle.</param>
    public static Gen<long> Instant(WeekCalendar calendar, int week)
    {
        var beside = Gen.Long[-1, 1];
        var weekStarts = Gen.Int[week - 14, week + 8].Select(calendar.Cutoff);
        var dayStarts = Gen.Int[calendar.FirstDay(week - 2), calendar.FirstDay(week + 2)].Select(calendar.Zone.StartOfDay);
        return Gen.Frequency(
            (3, (IGen<long>)Gen.Long[calendar.Cutoff(week - 14), calendar.Cutoff(week + 8)]),
            (3, Gen.Select(weekStarts, beside, (start, plus) => start + plus)),
            (2, Gen.Select(dayStarts, beside, (start, plus) => start + plus)),
            (2, Gen.Select(dayStarts, Gen.Long[-48, 48], (start, hours) => start + (hours * Instants.MicrosPerHour))));
    }
}
