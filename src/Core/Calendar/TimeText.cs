using System.Globalization;

namespace FeatureService.Core.Calendar;

/// <summary>
/// Dates and timestamps as text: <c>2024-03-04</c>, <c>2024-03-04 10:15</c>, <c>2024-03-04T10:15:30.250Z</c>,
/// <c>2024-03-04 10:15:30+09:00</c>; years 0001 to 9999.
/// </summary>
public static class TimeText
{
    /// <summary>Reads a date.</summary>
    /// <param name="text">The text.</param>
    /// <param name="day">Days since 1970-01-01.</param>
    public static bool TryParseDate(string text, out int day)
    {
        var good = DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date);
        day = good ? WeekCalendar.DayNumber(date) : 0;
        return good;
    }

    /// <summary>Reads a timestamp; a date alone is its start. Finer than a microsecond is floored.</summary>
    /// <param name="text">The text.</param>
    /// <param name="zone">The zone of a text without an offset.</param>
    /// <param name="utc">Microseconds UTC.</param>
    public static bool TryParseTimestamp(string text, ZoneRules zone, out long utc)
    {
        utc = 0;
        if (text.Length < 10 || !TryParseDate(text[..10], out var day))
        {
            return false;
        }

        if (text.Length == 10)
        {
            utc = zone.StartOfDay(day);
            return true;
        }

        var rest = text.AsSpan(11);
        if (text[10] is not ' ' and not 'T' and not 't' || !TryTimeOfDay(ref rest, out var micros) || !TryOffset(rest, out var offset))
        {
            return false;
        }

        var local = (day * Instants.MicrosPerDay) + micros;
        utc = offset is { } minutes ? local - (minutes * Instants.MicrosPerMinute) : zone.ToUtc(local);
        return true;
    }

    private static bool TryTimeOfDay(ref ReadOnlySpan<char> text, out long micros)
    {
        micros = 0;
        if (!TryTwoDigits(ref text, 23, out var hours) || text is not [':', ..])
        {
            return false;
        }

        text = text[1..];
        if (!TryTwoDigits(ref text, 59, out var minutes))
        {
            return false;
        }

        micros = (hours * Instants.MicrosPerHour) + (minutes * Instants.MicrosPerMinute);
        if (text is not [':', ..])
        {
            return true;
        }

        text = text[1..];
        if (!TryTwoDigits(ref text, 59, out var seconds))
        {
            return false;
        }

        micros += seconds * Instants.MicrosPerSecond;
        return text is not ['.', ..] || TryFraction(ref text, ref micros);
    }

    private static bool TryFraction(ref ReadOnlySpan<char> text, ref long micros)
    {
        var digits = 1;
        var unit = Instants.MicrosPerSecond;
        for (; digits < text.Length && char.IsAsciiDigit(text[digits]); digits++)
        {
            unit /= 10;
            micros += (text[digits] - '0') * unit;
        }

        text = text[digits..];
        return digits > 1;
    }

    private static bool TryOffset(ReadOnlySpan<char> text, out int? minutes)
    {
        minutes = null;
        if (text.IsEmpty)
        {
            return true;
        }

        if (text is ['Z'] or ['z'])
        {
            minutes = 0;
            return true;
        }

        var sign = text[0] == '-' ? -1 : 1;
        if (text[0] is not '+' and not '-')
        {
            return false;
        }

        text = text[1..];
        if (!TryTwoDigits(ref text, 18, out var hours))
        {
            return false;
        }

        var rest = 0;
        if (!text.IsEmpty)
        {
            text = text[0] == ':' ? text[1..] : text;
            if (!TryTwoDigits(ref text, 59, out rest) || !text.IsEmpty)
            {
                return false;
            }
        }

        minutes = sign * ((hours * 60) + rest);
        return true;
    }

    private static bool TryTwoDigits(ref ReadOnlySpan<char> text, int max, out int value)
    {
        value = 0;
        if (text.Length < 2 || !char.IsAsciiDigit(text[0]) || !char.IsAsciiDigit(text[1]))
        {
            return false;
        }

        value = ((text[0] - '0') * 10) + (text[1] - '0');
        text = text[2..];
        return value <= max;
    }
}
