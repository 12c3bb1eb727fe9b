using FeatureService.Core.Calendar;

namespace FeatureService.Ingest.Values;

/// <summary>Reads dates and timestamps from text: ISO 8601 with <c>T</c> or a space.</summary>
internal static class StampText
{
    /// <summary>Reads <c>2024-03-04</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="day">Days since 1970-01-01.</param>
    public static bool TryDate(ReadOnlySpan<byte> text, out int day)
    {
        day = 0;
        if (text.Length != 10 || text[4] != '-' || text[7] != '-'
            || !TryDigits(text[..4], out var year) || !TryDigits(text[5..7], out var month) || !TryDigits(text[8..], out var dayOfMonth)
            || year < 1 || month is < 1 or > 12 || dayOfMonth < 1 || dayOfMonth > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        day = WeekCalendar.DayNumber(new DateOnly(year, month, dayOfMonth));
        return true;
    }

    /// <summary>Reads <c>2024-03-04 08:15:30.5</c>, seconds and fraction optional, with or without an offset.</summary>
    /// <param name="text">The text.</param>
    /// <param name="micros">Microseconds on the clock that the text names: UTC where it has an offset.</param>
    /// <param name="isLocal">Whether the text has no offset.</param>
    public static bool TryStamp(ReadOnlySpan<byte> text, out long micros, out bool isLocal)
    {
        micros = 0;
        isLocal = true;
        if (text.Length < 11 || !TryDate(text[..10], out var day))
        {
            return false;
        }

        micros = day * Instants.MicrosPerDay;
        if (text[10] is not ((byte)'T' or (byte)'t' or (byte)' ') || !TryClock(text[11..], out var clock, out var rest))
        {
            return false;
        }

        micros += clock;
        if (rest.IsEmpty)
        {
            return true;
        }

        isLocal = false;
        if (!TryOffset(rest, out var offset))
        {
            return false;
        }

        micros -= offset;
        return true;
    }

    private static bool TryClock(ReadOnlySpan<byte> text, out long micros, out ReadOnlySpan<byte> rest)
    {
        micros = 0;
        rest = default;
        if (text.Length < 5 || text[2] != ':' || !TryDigits(text[..2], out var hour) || !TryDigits(text[3..5], out var minute)
            || hour > 23 || minute > 59)
        {
            return false;
        }

        micros = (hour * Instants.MicrosPerHour) + (minute * Instants.MicrosPerMinute);
        rest = text[5..];
        if (rest.IsEmpty || rest[0] != ':')
        {
            return true;
        }

        if (rest.Length < 3 || !TryDigits(rest[1..3], out var second) || second > 59)
        {
            return false;
        }

        micros += second * Instants.MicrosPerSecond;
        rest = rest[3..];
        return rest.IsEmpty || rest[0] != '.' || TryFraction(ref micros, ref rest);
    }

    /// <summary>Digits behind the sixth are floored away.</summary>
    private static bool TryFraction(ref long micros, ref ReadOnlySpan<byte> rest)
    {
        var end = rest[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        var digits = end < 0 ? rest[1..] : rest.Slice(1, end);
        if (digits.IsEmpty)
        {
            return false;
        }

        var unit = Instants.MicrosPerSecond;
        foreach (var digit in digits[..Math.Min(6, digits.Length)])
        {
            unit /= 10;
            micros += (digit - '0') * unit;
        }

        rest = rest[(digits.Length + 1)..];
        return true;
    }

    /// <summary><c>Z</c>, <c>+09</c>, <c>+0900</c> or <c>+09:00</c>.</summary>
    private static bool TryOffset(ReadOnlySpan<byte> text, out long micros)
    {
        micros = 0;
        if (text.Length == 1 && text[0] is (byte)'Z' or (byte)'z')
        {
            return true;
        }

        if (text[0] is not ((byte)'+' or (byte)'-') || text.Length is not (3 or 5 or 6) || !TryDigits(text[1..3], out var hours))
        {
            return false;
        }

        var minutes = 0;
        if ((text.Length == 5 && !TryDigits(text[3..], out minutes)) || (text.Length == 6 && (text[3] != ':' || !TryDigits(text[4..], out minutes))))
        {
            return false;
        }

        micros = ((hours * Instants.MicrosPerHour) + (minutes * Instants.MicrosPerMinute)) * (text[0] == '-' ? -1 : 1);
        return hours <= 18 && minutes <= 59;
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var character in text)
        {
            var digit = (uint)(character - '0');
            if (digit > 9)
            {
                return false;
            }

            value = (value * 10) + (int)digit;
        }

        return true;
    }
}
