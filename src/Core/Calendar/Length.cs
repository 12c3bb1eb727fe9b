using System.Globalization;

namespace FeatureService.Core.Calendar;

/// <summary>The units in which lengths of time are written.</summary>
public enum LengthUnit : byte
{
    /// <summary>Exact minutes.</summary>
    Minute,

    /// <summary>Exact hours.</summary>
    Hour,

    /// <summary>Calendar days of the catalog's zone.</summary>
    Day,

    /// <summary>Seven calendar days.</summary>
    Week,
}

/// <summary>A length of time as written: <c>90d</c>, <c>13w</c>, <c>36h</c>, <c>5min</c>.</summary>
/// <param name="Amount">How many units, from 1.</param>
/// <param name="Unit">The unit.</param>
/// <remarks>Lengths beyond <see cref="DaysMax"/> days stand for that many: with a lag as long, instants still fit an int64.</remarks>
public readonly record struct Length(int Amount, LengthUnit Unit)
{
    /// <summary>Calendar days of the longest length: more than a hundred thousand years.</summary>
    public const int DaysMax = 40_000_000;

    /// <summary>The length's calendar days; 0 for minutes and hours.</summary>
    public int CalendarDays => Unit switch
    {
        LengthUnit.Day => Math.Min(Amount, DaysMax),
        LengthUnit.Week => (int)Math.Min(Amount * 7L, DaysMax),
        _ => 0,
    };

    /// <summary>The length's exact microseconds; 0 for days and weeks.</summary>
    public long ExactMicros => Unit switch
    {
        LengthUnit.Minute => Amount * Instants.MicrosPerMinute,
        LengthUnit.Hour => Math.Min(Amount, DaysMax * 24L) * Instants.MicrosPerHour,
        _ => 0,
    };

    /// <summary>The length in normal form: days and weeks in days (<c>7d</c>), hours and minutes in minutes (<c>1440min</c>).</summary>
    public string NormalForm => CalendarDays != 0
        ? string.Create(CultureInfo.InvariantCulture, $"{CalendarDays}d")
        : string.Create(CultureInfo.InvariantCulture, $"{ExactMicros / Instants.MicrosPerMinute}min");

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Amount}{Unit switch
    {
        LengthUnit.Minute => "min",
        LengthUnit.Hour => "h",
        LengthUnit.Day => "d",
        _ => "w",
    }}");
}
