namespace FeatureService.Samples.Taxi.Life;

/// <summary>What is known of a user for ever. Drawn from a stream of its own, so that it changes no event.</summary>
internal static class TaxiProfile
{
    // Any number that is no user's own seed will do; this one is "profile\0" in ASCII.
    private const ulong Stream = 0x70726F66696C6500;

    private const int BirthYearMin = 1952;

    /// <summary>Adds a user's profile.</summary>
    /// <param name="seed">Which life.</param>
    /// <param name="userId">From 1.</param>
    /// <param name="users">Where the profile goes.</param>
    public static void Add(ulong seed, int userId, TaxiEvents.UserColumns users)
    {
        var random = SplitMix.For(seed ^ Stream, userId);
        users.UserId.Add(userId);
        // Cities and channels come with the commonest first, as areas do.
        users.City.Add(Skewed(ref random, TaxiWords.Cities.Count));
        users.Channel.Add(Skewed(ref random, TaxiWords.Channels.Count));
        // The sum of two dice: most were born around 1980.
        users.BirthYear.Add(BirthYearMin + random.Below(28) + random.Below(28));
    }

    private static byte Skewed(ref SplitMix random, int count)
    {
        var unit = random.Unit();
        return (byte)(unit * unit * count);
    }
}
