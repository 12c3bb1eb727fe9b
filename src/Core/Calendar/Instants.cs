using System.Globalization;

namespace FeatureService.Core.Calendar;

/// <summary>Units of the time line: instants are int64 microseconds since 1970-01-01T00:00Z, days are int32 days since 1970-01-01.</summary>
public static class Instants
{
    /// <summary>Microseconds in a second.</summary>
    public const long MicrosPerSecond = 1_000_000;

    /// <summary>Microseconds in a minute.</summary>
    public const long MicrosPerMinute = 60 * MicrosPerSecond;

    /// <summary>Microseconds in an hour.</summary>
    public const long MicrosPerHour = 60 * MicrosPerMinute;

    /// <summary>Microseconds in a day of 24 hours.</summary>
    public const long MicrosPerDay = 24 * MicrosPerHour;

    /// <summary>The day on which a local or UTC time of so many microseconds lies.</summary>
    /// <param name="micros">Microseconds since 1970-01-01T00:00 on the same clock.</param>
    public static int DayOf(long micros) => (int)FloorDivide(micros, MicrosPerDay);

    /// <summary>An instant as text: <c>2024-03-04T10:15:00Z</c>, with six digits behind the seconds where it has any.</summary>
    /// <param name="micros">Microseconds UTC; beyond the years 1 to 9999 the number itself is the text.</param>
    public static string Format(long micros)
    {
        if (micros < DateTime.MinValue.Ticks / TimeSpan.TicksPerMicrosecond - UnixEpochMicros
            || micros > DateTime.MaxValue.Ticks / TimeSpan.TicksPerMicrosecond - UnixEpochMicros)
        {
            return micros.ToString(CultureInfo.InvariantCulture);
        }

        var format = micros % MicrosPerSecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
        return DateTime.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond).ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>Division that rounds down.</summary>
    /// <param name="dividend">Any number.</param>
    /// <param name="divisor">A positive number.</param>
    public static long FloorDivide(long dividend, long divisor)
    {
        var quotient = dividend / divisor;
        return dividend % divisor < 0 ? quotient - 1 : quotient;
    }

    private static readonly long UnixEpochMicros = DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMicrosecond;
}
