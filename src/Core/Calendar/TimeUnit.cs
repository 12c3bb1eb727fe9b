namespace FeatureService.Core.Calendar;

/// <summary>What an integer counts that stands for an instant, from 1970-01-01T00:00Z.</summary>
public enum TimeUnit
{
    /// <summary>Seconds, <c>s</c>.</summary>
    Second,

    /// <summary>Milliseconds, <c>ms</c>.</summary>
    Millisecond,

    /// <summary>Microseconds, <c>us</c>.</summary>
    Microsecond,

    /// <summary>Nanoseconds, <c>ns</c>; those behind a microsecond are floored away.</summary>
    Nanosecond,
}

/// <summary>Names of units, and integers of them as instants.</summary>
public static class TimeUnits
{
    private static readonly string[] _names = ["s", "ms", "us", "ns"];

    /// <summary>The names, in the order of <see cref="TimeUnit"/>.</summary>
    public static IReadOnlyList<string> Names => _names;

    /// <summary>The name as in catalogs: <c>s</c>, <c>ms</c>, <c>us</c> or <c>ns</c>.</summary>
    /// <param name="unit">The unit.</param>
    public static string Name(this TimeUnit unit) => _names[(int)unit];

    /// <summary>The unit of a name as in catalogs.</summary>
    /// <param name="name">The name, exact.</param>
    /// <param name="unit">The unit.</param>
    public static bool TryParse(string name, out TimeUnit unit)
    {
        var index = Array.IndexOf(_names, name);
        unit = (TimeUnit)Math.Max(index, 0);
        return index >= 0;
    }

    /// <summary>An integer as an instant; nanoseconds are floored.</summary>
    /// <param name="unit">What it counts.</param>
    /// <param name="count">The integer.</param>
    /// <param name="micros">Microseconds UTC.</param>
    /// <returns>False where the instant does not fit.</returns>
    public static bool TryMicros(this TimeUnit unit, long count, out long micros)
    {
        if (unit == TimeUnit.Nanosecond)
        {
            micros = Instants.FloorDivide(count, 1000);
            return true;
        }

        var factor = unit switch
        {
            TimeUnit.Second => Instants.MicrosPerSecond,
            TimeUnit.Millisecond => 1000,
            _ => 1,
        };
        var fits = count >= long.MinValue / factor && count <= long.MaxValue / factor;
        micros = fits ? count * factor : 0;
        return fits;
    }
}
