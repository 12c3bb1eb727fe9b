using FeatureService.Core.Calendar;

namespace FeatureService.Pipeline.Requests;

/// <summary>Reads the weeks of requests.</summary>
internal static class WeeksReader
{
    /// <summary>A range of weeks; null where it is wrong, which is then noted.</summary>
    public static WeekRange? Read(Contracts.V1.WeekRange? weeks, WeekCalendar calendar, Violations violations)
    {
        if (weeks is null || weeks.First.Length == 0)
        {
            violations.Add("grid.weeks.first", "expected the key of the first week");
            return null;
        }

        var first = ReadWeek(weeks.First, "grid.weeks.first", calendar, violations);
        var last = weeks.Last.Length == 0 ? first : ReadWeek(weeks.Last, "grid.weeks.last", calendar, violations);
        if (weeks.Step < 0)
        {
            violations.Add("grid.weeks.step", $"{weeks.Step} is no step: expected 1 or more");
            return null;
        }

        if (first is not { } from || last is not { } to)
        {
            return null;
        }

        if (to < from)
        {
            violations.Add("grid.weeks.last", $"{weeks.Last} lies before the first week, {weeks.First}");
            return null;
        }

        return WeekRange.Between(from, to, Math.Max(1, weeks.Step));
    }

    /// <summary>One week's number; null where the key is wrong, which is then noted.</summary>
    public static int? ReadWeek(string text, string field, WeekCalendar calendar, Violations violations)
    {
        if (calendar.TryParse(text, out var week, out var error))
        {
            return week;
        }

        violations.Add(field, error!);
        return null;
    }
}
