namespace FeatureService.Samples.Taxi.Life;

/// <summary>What one user is like, drawn once.</summary>
internal readonly struct TaxiUser
{
    /// <summary>Draws a user.</summary>
    /// <param name="random">The user's stream.</param>
    /// <param name="weeks">Weeks of the whole life.</param>
    public TaxiUser(ref SplitMix random, int weeks)
    {
        // One in six was there when the life begins; the others come at a rate that grows threefold to its end.
        SignUpWeek = random.Chance(1.0 / 6) ? 0 : GrowingWeek(ref random, weeks);
        // Heavy tail: P(rate > x) falls with x^(-4/3); the cap is two opens every waking hour.
        var root = Math.Sqrt(random.UnitAboveZero());
        OpensPerWeek = Math.Min(0.36 / (root * Math.Sqrt(root)), 40);
        RidesPerOpen = 0.15 + (0.6 * random.Unit());
        ChurnPerWeek = 0.004 + (0.026 / (1 + OpensPerWeek));
        Thrift = random.Unit();
        Home = Area(ref random);
        Work = Area(ref random);
        Platform = Pick(ref random, 55, 38);
        Payment = Pick(ref random, 58, 27);
    }

    /// <summary>Week of the first open.</summary>
    public int SignUpWeek { get; }

    /// <summary>Mean opens in a week while active.</summary>
    public double OpensPerWeek { get; }

    /// <summary>Share of opens that end in a ride.</summary>
    public double RidesPerOpen { get; }

    /// <summary>Chance to fall asleep after a week.</summary>
    public double ChurnPerWeek { get; }

    /// <summary>How much a coupon means, 0 to 1.</summary>
    public double Thrift { get; }

    /// <summary>Code of the area of home.</summary>
    public byte Home { get; }

    /// <summary>Code of the area of work.</summary>
    public byte Work { get; }

    /// <summary>Code of the usual platform.</summary>
    public byte Platform { get; }

    /// <summary>Code of the usual payment.</summary>
    public byte Payment { get; }

    /// <summary>An area, the busier the likelier.</summary>
    public static byte Area(ref SplitMix random)
    {
        var unit = random.Unit();
        return (byte)(unit * unit * TaxiWords.Areas.Count);
    }

    /// <summary>0, 1 or 2 by the percentages of 0 and 1.</summary>
    public static byte Pick(ref SplitMix random, int percentFirst, int percentSecond)
    {
        var percent = random.Below(100);
        return (byte)(percent < percentFirst ? 0 : percent < percentFirst + percentSecond ? 1 : 2);
    }

    private static int GrowingWeek(ref SplitMix random, int weeks)
    {
        // Density 1 + 2t on [0, 1), drawn by rejection.
        while (true)
        {
            var place = random.Unit();
            if (random.Unit() * 3 < 1 + (2 * place))
            {
                return (int)(place * weeks);
            }
        }
    }
}
