using System.Globalization;

namespace FeatureService.Core.Calendar;

/// <summary>
/// The weeks of a catalog. A week's number counts from the week that holds 1970-01-01; its cutoff is the start of its first day in
/// the catalog's zone.
/// </summary>
public sealed class WeekCalendar
{
    private readonly int _anchorDay;

    /// <summary>The weeks of a zone.</summary>
    /// <param name="zone">The zone's rules.</param>
    /// <param name="weekStart">The day on which a week starts.</param>
    public WeekCalendar(ZoneRules zone, DayOfWeek weekStart)
    {
        Zone = zone;
        WeekStart = weekStart;
        // 1970-01-01 is a Thursday.
        _anchorDay = -((DayOfWeek.Thursday - weekStart + 7) % 7);
        WeekMin = WeekOfDay(DayNumber(new DateOnly(1900, 1, 1)) + 6);
        WeekMax = WeekOfDay(DayNumber(new DateOnly(2199, 12, 31)));
    }

    /// <summary>The zone's rules.</summary>
    public ZoneRules Zone { get; }

    /// <summary>The day on which a week starts.</summary>
    public DayOfWeek WeekStart { get; }

    /// <summary>Number of the first week that may be asked for; its first day is the first of 1900.</summary>
    public int WeekMin { get; }

    /// <summary>Number of the last week that may be asked for; its first day is the last of 2199.</summary>
    public int WeekMax { get; }

    /// <summary>Days since 1970-01-01.</summary>
    /// <param name="date">A date.</param>
    public static int DayNumber(DateOnly date) => date.DayNumber - 719_162;

    /// <summary>The date of a day.</summary>
    /// <param name="day">Days since 1970-01-01.</param>
    public static DateOnly Date(int day) => DateOnly.FromDayNumber(day + 719_162);

    /// <summary>A week's first day.</summary>
    /// <param name="week">Number of the week.</param>
    /// <returns>Days since 1970-01-01.</returns>
    public int FirstDay(int week) => week * 7 + _anchorDay;

    /// <summary>The instant at which a week starts.</summary>
    /// <param name="week">Number of the week.</param>
    /// <returns>Microseconds UTC.</returns>
    public long Cutoff(int week) => Zone.StartOfDay(FirstDay(week));

    /// <summary>The week in which a local date lies.</summary>
    /// <param name="day">Days since 1970-01-01.</param>
    public int WeekOfDay(int day) => (int)Instants.FloorDivide(day - _anchorDay, 7);

    /// <summary>The week in which an instant lies: the last one whose cutoff is not after it.</summary>
    /// <param name="utc">Microseconds UTC, in the years 1 to 9999.</param>
    public int WeekOf(long utc)
    {
        // The local date can go back over a week's start when clocks do; the instants decide.
        var week = WeekOfDay(Zone.LocalDay(utc));
        while (Cutoff(week) > utc)
        {
            week--;
        }

        while (Cutoff(week + 1) <= utc)
        {
            week++;
        }

        return week;
    }

    /// <summary>A week's key as it is printed: the date of its first day.</summary>
    /// <param name="week">Number of the week.</param>
    public string Format(int week) => Date(FirstDay(week)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Reads a week key: the date on which a week starts, or where weeks start on Monday an ISO week (<c>2024-W10</c>).</summary>
    /// <param name="text">The key.</param>
    /// <param name="week">Number of the week.</param>
    /// <param name="error">What is wrong and what was expected; null where the key is good.</param>
    public bool TryParse(string text, out int week, out string? error)
    {
        week = 0;
        error = text.Length == 8 && text[4] == '-' && text[5] is 'W' or 'w' ? ParseIso(text, out week) : ParseDate(text, out week);
        return error is null;
    }

    private string? ParseDate(string text, out int week)
    {
        week = 0;
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            var iso = WeekStart == DayOfWeek.Monday ? " or an ISO week as 2024-W10" : "";
            return $"'{text}' is no week key: expected the date of a week's first day as {Format(WeekOfDay(19_786))}{iso}";
        }

        var day = DayNumber(date);
        week = WeekOfDay(day);
        if (FirstDay(week) != day && week >= WeekMin && week < WeekMax)
        {
            return $"'{text}' starts no week: weeks start on {WeekStart}; the nearest are {Format(week)} and {Format(week + 1)}";
        }

        return Range(text, week);
    }

    private string? ParseIso(string text, out int week)
    {
        week = 0;
        if (WeekStart != DayOfWeek.Monday)
        {
            return $"'{text}' is an ISO week, but weeks of this catalog start on {WeekStart}: expected the date of a week's first day";
        }

        if (!int.TryParse(text.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var year)
            || !int.TryParse(text.AsSpan(6, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || year == 0)
        {
            return $"'{text}' is no week key: expected an ISO week as 2024-W10";
        }

        var weeksInYear = ISOWeek.GetWeeksInYear(year);
        if (number < 1 || number > weeksInYear)
        {
            return $"'{text}' does not exist: {year:D4} has weeks W01 to W{weeksInYear}";
        }

        week = WeekOfDay(DayNumber(DateOnly.FromDateTime(ISOWeek.ToDateTime(year, number, DayOfWeek.Monday))));
        return Range(text, week);
    }

    private string? Range(string text, int week) => week < WeekMin || week > WeekMax
        ? $"'{text}' is out of range: weeks reach from {Format(WeekMin)} to {Format(WeekMax)}"
        : null;
}
