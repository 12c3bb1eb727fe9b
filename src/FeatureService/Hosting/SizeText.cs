using System.Globalization;

namespace FeatureService.Hosting;

/// <summary>Sizes as text: <c>256KiB</c>, <c>64MB</c>, <c>1GiB</c>, or bytes.</summary>
public static class SizeText
{
    /// <summary>What is expected where a text is no size.</summary>
    public const string Expected = "one as 256KiB, 64MB or 1GiB";

    /// <summary>Longer units first: each ends in one of those behind it.</summary>
    private static readonly (string Unit, long Factor)[] _units =
        [("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1)];

    /// <summary>Reads a size.</summary>
    /// <param name="text">The text; the case of its unit does not matter.</param>
    /// <param name="bytes">The bytes.</param>
    /// <returns>Whether the text is a size.</returns>
    public static bool TryParse(string text, out long bytes)
    {
        var (unit, factor) = _units.FirstOrDefault(u => text.EndsWith(u.Unit, StringComparison.OrdinalIgnoreCase), ("", 1));
        var isOne = long.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out bytes)
            && bytes <= long.MaxValue / factor;
        bytes = isOne ? bytes * factor : 0;
        return isOne;
    }
}
