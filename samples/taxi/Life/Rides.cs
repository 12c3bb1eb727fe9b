namespace FeatureService.Samples.Taxi.Life;

/// <summary>Rides as Tokyo's taxis bill them, in whole metres and yen.</summary>
internal static class Rides
{
    private const int MetresFirst = 1_096;
    private const int YenFirst = 500;
    private const int MetresPerStep = 255;
    private const int YenPerStep = 100;

    /// <summary>Adds the ride that follows an open.</summary>
    /// <returns>When it ended, microseconds UTC.</returns>
    public static long Add(in TaxiUser user, long userId, long openedAt, TaxiEvents.RideColumns rides, ref SplitMix random)
    {
        var pickedUpAt = openedAt + (TaxiClock.MicrosPerSecond * (120 + random.Below(600)));
        var metres = Metres(ref random);
        var minutes = 3 + (metres / (300 + random.Below(200)));
        rides.UserId.Add(userId);
        rides.PickedUpAt.Add(pickedUpAt);
        rides.Fare.Add(Fare(metres, TaxiClock.Hour(pickedUpAt)));
        rides.Km.Add(metres / 10 / 100.0);
        rides.Minutes.Add(minutes);
        rides.Area.Add(Destination(user, ref random));
        rides.Payment.Add(random.Below(100) < 85 ? user.Payment : TaxiUser.Pick(ref random, 50, 30));
        rides.Rating.Add(Rating(ref random));
        return pickedUpAt + (60 * TaxiClock.MicrosPerSecond * minutes);
    }

    /// <summary>Most rides are short; one in a hundred is of 20 km and more, to the airport.</summary>
    private static int Metres(ref SplitMix random) => (int)Math.Min(1_200 / Math.Sqrt(random.UnitAboveZero()), 12_000)
        + random.Below(2_500) + (random.Chance(0.01) ? 15_000 + random.Below(50_000) : 0);

    private static long Fare(int metres, int hour)
    {
        var steps = (Math.Max(0, metres - MetresFirst) + MetresPerStep - 1) / MetresPerStep;
        var yen = YenFirst + ((long)steps * YenPerStep);
        // A fifth more at night, in whole tens.
        return hour is >= 22 or < 5 ? yen * 12 / 100 * 10 : yen;
    }

    private static byte Destination(in TaxiUser user, ref SplitMix random)
    {
        var percent = random.Below(100);
        return percent < 40 ? user.Home : percent < 60 ? user.Work : TaxiUser.Area(ref random);
    }

    private static byte Rating(ref SplitMix random)
    {
        var percent = random.Below(100);
        return (byte)(percent switch { < 60 => 0, < 86 => 5, < 94 => 4, < 97 => 3, < 99 => 2, _ => 1 });
    }
}
