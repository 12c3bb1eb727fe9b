using FeatureService.Core.Calendar;

namespace FeatureService.Testing;

/// <summary>
/// Events of <see cref="GeneratedSnapshot"/>, a pure function of (entity, event number): the same on every machine. Integer
/// arithmetic and exact floats only.
/// </summary>
public static class GeneratedEvents
{
    /// <summary>2020-01-06T00:00Z, a Monday.</summary>
    public const long Start = 18_267 * Instants.MicrosPerDay;

    /// <summary>Texts that codes stand for, ascending by bytes.</summary>
    public static readonly string[] Texts = ["", "App", "app", "cash", "Ünïcode", "😀"];

    /// <summary>Bits that look random, by Steele's SplitMix64.</summary>
    /// <param name="seed">Any number.</param>
    public static ulong Random(ulong seed)
    {
        var z = seed + 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    /// <summary>Bits of one value.</summary>
    /// <param name="key">The entity.</param>
    /// <param name="number">Number of the event.</param>
    /// <param name="column">Number of the column.</param>
    public static ulong Random(long key, long number, int column) => Random(Random(((ulong)key << 32) + (ulong)number) + (ulong)column);

    /// <summary>A float64 with 53 random bits: below 1,000 in size, one in 64 some thousand times as large.</summary>
    /// <param name="bits">Random bits.</param>
    public static double Float(ulong bits)
    {
        var value = ((long)(bits >> 11) - (1L << 52)) * (1000.0 / (1L << 52));
        return (bits & 63) == 0 ? value * 4096 : value;
    }
}
