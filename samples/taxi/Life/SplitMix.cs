namespace FeatureService.Samples.Taxi.Life;

/// <summary>
/// A stream of random numbers: SplitMix64 (Steele, Lea, Flood, 2014). Only integers and exactly rounded operations, so a seed gives
/// the same numbers on every machine.
/// </summary>
internal struct SplitMix(ulong state)
{
    private ulong _state = state;

    /// <summary>A stream for one of many users under one seed.</summary>
    public static SplitMix For(ulong seed, int user)
    {
        var mixed = new SplitMix(seed);
        return new SplitMix(mixed.Next() ^ ((ulong)user * 0xD1342543DE82EF95UL));
    }

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15UL;
        var bits = _state;
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9UL;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBUL;
        return bits ^ (bits >> 31);
    }

    /// <summary>A number in [0, 1), a multiple of 2^-53.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number in (0, 1], a multiple of 2^-53.</summary>
    public double UnitAboveZero() => ((Next() >> 11) + 1) * (1.0 / (1UL << 53));

    /// <summary>An integer in [0, bound).</summary>
    public int Below(int bound) => (int)((Next() >> 32) * (ulong)bound >> 32);

    /// <summary>True with a probability.</summary>
    public bool Chance(double probability) => Unit() < probability;

    /// <summary>A Poisson number: how often independent things of a mean rate happen.</summary>
    /// <param name="mean">From 0 to about 100.</param>
    public int Poisson(double mean)
    {
        // Knuth: multiply until below e^-mean. (1 - mean/1024)^1024 stands for the exponential, as libm's last bits differ by CPU.
        var limit = 1 - (mean / 1024);
        for (var i = 0; i < 10; i++)
        {
            limit *= limit;
        }

        var count = 0;
        for (var product = UnitAboveZero(); product > limit; product *= UnitAboveZero())
        {
            count++;
        }

        return count;
    }
}
