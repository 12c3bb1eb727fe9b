namespace FeatureService.Engine.Definitions.Custom;

/// <summary>One event as a custom aggregate sees it.</summary>
/// <param name="time">When it happened, microseconds UTC.</param>
/// <param name="localDay">Its date in the catalog's zone, days since 1970-01-01.</param>
/// <param name="bits">Its value.</param>
public readonly struct CustomEvent(long time, int localDay, long bits)
{
    /// <summary>When it happened, microseconds UTC.</summary>
    public long Time => time;

    /// <summary>Its date in the catalog's zone, days since 1970-01-01.</summary>
    public int LocalDay => localDay;

    /// <summary>Its value, of an aggregate that takes float64: -0.0 and NaN have one form each.</summary>
    public double Float64 => BitConverter.Int64BitsToDouble(bits);

    /// <summary>Its value, of an aggregate that takes int64, a timestamp (microseconds UTC) or a date (days since 1970-01-01).</summary>
    public long Int64 => bits;

    /// <summary>Its value, of an aggregate that takes bool.</summary>
    public bool Bool => bits != 0;
}

/// <summary>What a custom aggregate gives: a value of its type, or none.</summary>
public readonly struct CustomValue
{
    private CustomValue(long bits) => (HasValue, Bits) = (true, bits);

    /// <summary>No value.</summary>
    public static CustomValue Null => default;

    /// <summary>Whether there is a value.</summary>
    public bool HasValue { get; }

    internal long Bits { get; }

    /// <summary>A float64; -0.0 and NaN get their one form.</summary>
    /// <param name="value">The value.</param>
    public static CustomValue Of(double value) =>
        new(double.IsNaN(value) ? 0x7FF8_0000_0000_0000 : BitConverter.DoubleToInt64Bits(value + 0.0));

    /// <summary>An int64, a timestamp (microseconds UTC) or a date (days since 1970-01-01).</summary>
    /// <param name="value">The value.</param>
    public static CustomValue Of(long value) => new(value);

    /// <summary>A bool.</summary>
    /// <param name="value">The value.</param>
    public static CustomValue Of(bool value) => new(value ? 1 : 0);
}
