using System.Buffers.Text;
using System.Globalization;

namespace FeatureService.Ingest.Values;

/// <summary>Reads numbers and booleans from text.</summary>
internal static class NumberText
{
    private static readonly double[] _powersOfTen =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <summary>Reads <c>true</c> or <c>false</c> in any case.</summary>
    public static bool TryBool(ReadOnlySpan<byte> text, out bool value)
    {
        value = Ascii(text, "true");
        return value || Ascii(text, "false");
    }

    /// <summary>Reads digits with an optional sign.</summary>
    public static bool TryInt64(ReadOnlySpan<byte> text, out long value) =>
        Utf8Parser.TryParse(text, out value, out var consumed) && consumed == text.Length;

    /// <summary>Whether an integer was written for its digits, not for its value: <c>007</c>, <c>+49</c>.</summary>
    public static bool IsCode(ReadOnlySpan<byte> text)
    {
        var digits = text.TrimStart("+-"u8);
        return digits.Length > 0 && digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0
            && ((digits.Length > 1 && digits[0] == '0') || text[0] == '+');
    }

    /// <summary>Reads a number with optional point and exponent, or <c>NaN</c> and <c>Infinity</c>.</summary>
    public static bool TryFloat64(ReadOnlySpan<byte> text, out double value)
    {
        if (TryShortDecimal(text, out value))
        {
            return true;
        }

        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (double.TryParse(text, Styles, CultureInfo.InvariantCulture, out value))
        {
            return true;
        }

        var unsigned = text.Length > 0 && text[0] is (byte)'-' or (byte)'+' ? text[1..] : text;
        value = text.Length > 0 && text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        return Ascii(unsigned, "inf");
    }

    /// <summary>Reads a number as an integer if it has no fraction: <c>17850.0</c>.</summary>
    public static bool TryWhole(ReadOnlySpan<byte> text, out long value) =>
        TryInt64(text, out value) || TryScaled(text, 0, exact: true, out value);

    /// <summary>Reads a number as int64 in units of 10^-scale, by its digits; halves away from zero.</summary>
    /// <param name="text">The number.</param>
    /// <param name="scale">From 0.</param>
    /// <param name="exact">Whether digits beyond the scale, but zeros, are refused.</param>
    /// <param name="value">The number in units.</param>
    public static bool TryScaled(ReadOnlySpan<byte> text, int scale, bool exact, out long value)
    {
        value = 0;
        // A decimal keeps 28 digits as they are, which is more than int64 holds.
        if (!decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        return TryScaled(number, scale, exact, out value);
    }

    /// <summary>A number as int64 in units of 10^-scale; halves away from zero.</summary>
    public static bool TryScaled(decimal number, int scale, bool exact, out long value)
    {
        value = 0;
        try
        {
            for (var i = 0; i < scale; i++)
            {
                number *= 10;
            }

            var rounded = Math.Round(number, 0, MidpointRounding.AwayFromZero);
            if (exact && rounded != number)
            {
                return false;
            }

            value = decimal.ToInt64(rounded);
            return true;
        }
        catch (OverflowException)
        {
            // Beyond int64: the value cannot be read as its type.
            return false;
        }
    }

    /// <summary>Up to 15 digits and no exponent: an integer over a power of ten, both exact, so one division rounds right.</summary>
    private static bool TryShortDecimal(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        var negative = text.Length > 0 && text[0] == '-';
        var digits = negative ? text[1..] : text;
        if (digits.Length is 0 or > 16)
        {
            return false;
        }

        long mantissa = 0;
        var point = -1;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = (uint)(digits[i] - '0');
            if (digit <= 9)
            {
                mantissa = (mantissa * 10) + digit;
            }
            else if (digits[i] == '.' && point < 0)
            {
                point = i;
            }
            else
            {
                return false;
            }
        }

        var digitCount = point < 0 ? digits.Length : digits.Length - 1;
        if (digitCount is 0 or > 15)
        {
            return false;
        }

        value = mantissa / _powersOfTen[point < 0 ? 0 : digits.Length - 1 - point];
        value = negative ? -value : value;
        return true;
    }

    private static bool Ascii(ReadOnlySpan<byte> text, ReadOnlySpan<char> lower) => System.Text.Ascii.EqualsIgnoreCase(text, lower);
}
