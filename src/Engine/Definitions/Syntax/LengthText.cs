using System.Globalization;
using FeatureService.Core.Calendar;

namespace FeatureService.Engine.Definitions.Syntax;

/// <summary>Reads lengths of time: <c>90d</c>, <c>13w</c>, <c>36h</c>, <c>5min</c>.</summary>
internal static class LengthText
{
    /// <summary>Reads a length.</summary>
    /// <param name="text">Digits and a unit, nothing between them.</param>
    /// <param name="length">The length.</param>
    /// <param name="error">What is wrong and what was expected; null where the length is good.</param>
    public static bool TryParse(string text, out Length length, out string? error)
    {
        length = default;
        var digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
        {
            digits++;
        }

        var unit = text[digits..];
        error = digits == 0 || unit.Length == 0
            ? $"'{text}' is no length: expected a number and a unit (min, h, d or w), as 13w"
            : Parse(text, text[..digits], unit, out length);
        return error is null;
    }

    private static string? Parse(string text, string digits, string unitText, out Length length)
    {
        length = default;
        LengthUnit? unit = unitText.ToLowerInvariant() switch
        {
            "min" => LengthUnit.Minute,
            "h" => LengthUnit.Hour,
            "d" => LengthUnit.Day,
            "w" => LengthUnit.Week,
            _ => null,
        };
        if (unit is null)
        {
            return UnknownUnit(unitText);
        }

        var amountMax = AmountMax(unit.Value);
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var amount) || amount > amountMax)
        {
            return $"the length {text} is too long: expected at most {amountMax}{unitText}";
        }

        if (amount == 0)
        {
            return $"the length {text} is empty: expected a positive number";
        }

        length = new Length(amount, unit.Value);
        return null;
    }

    /// <summary>Whether so many units are no longer than a length may be.</summary>
    public static bool Fits(long amount, LengthUnit unit) => amount <= AmountMax(unit);

    private static int AmountMax(LengthUnit unit) => unit switch
    {
        LengthUnit.Minute => Limits.LengthDaysMax * 1_440,
        LengthUnit.Hour => Limits.LengthDaysMax * 24,
        LengthUnit.Day => Limits.LengthDaysMax,
        _ => Limits.LengthDaysMax / 7,
    };

    private static string UnknownUnit(string unit) => unit.ToLowerInvariant() switch
    {
        "m" => $"'{unit}' is no unit: expected min for minutes, as 5min, or weeks for months, as 13w",
        "mo" => $"'{unit}' is no unit, as months differ in length: expected weeks, as 13w",
        "y" => $"'{unit}' is no unit, as years differ in length: expected weeks, as 52w",
        _ => $"'{unit}' is no unit: expected min, h, d or w, as 13w",
    };
}
