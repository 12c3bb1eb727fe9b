namespace FeatureService.Samples.Taxi.Life;

/// <summary>Plays the weeks of one user after the other: opens, rides, coupons, sleep and return.</summary>
internal sealed class UserLife
{
    private readonly TaxiOptions _options;
    private readonly long[] _weekStarts;
    private readonly double[] _seasons;
    private readonly List<int> _seconds = [];

    // The three weeks before the current one, by week modulo 3.
    private readonly int[] _opensOfWeek = new int[3];

    public UserLife(TaxiOptions options)
    {
        _options = options;
        _weekStarts = TaxiClock.WeekStarts(options);
        _seasons = TaxiClock.Seasons(options);
    }

    /// <summary>Plays one user's life.</summary>
    /// <param name="userId">From 1.</param>
    /// <param name="events">Where the events go, in the order in which they are played.</param>
    public void Play(int userId, TaxiEvents events)
    {
        var random = SplitMix.For(_options.Seed, userId);
        var user = new TaxiUser(ref random, _options.Weeks);
        var coupons = new Coupons();
        var weeksAsleep = 0;
        _opensOfWeek.AsSpan().Clear();
        for (var week = user.SignUpWeek; week < _options.Weeks; week++)
        {
            if (IsGranted(week, weeksAsleep, ref random))
            {
                coupons.Grant(events.Coupons, userId, week, _weekStarts[week], ref random);
            }

            if (weeksAsleep > 0 && !random.Chance(coupons.IsOpen(week) ? 0.05 : 0.006))
            {
                weeksAsleep++;
                _opensOfWeek[week % 3] = 0;
                continue;
            }

            var opensLately = _opensOfWeek.Sum();
            DrawOpens(user, week, ref random);
            foreach (var second in _seconds)
            {
                var at = _weekStarts[week] + (second * TaxiClock.MicrosPerSecond);
                Open(user, userId, at, events.AppOpens, ref random);
                if (random.Chance(user.RidesPerOpen))
                {
                    var end = Rides.Add(user, userId, at, events.Rides, ref random);
                    coupons.MaybeUse(events.Coupons, userId, week, end, user.Thrift, opensLately, ref random);
                }
            }

            _opensOfWeek[week % 3] = _seconds.Count;
            weeksAsleep = random.Chance(user.ChurnPerWeek) ? 1 : 0;
        }
    }

    /// <summary>Every second week a campaign reaches some of those awake; who sleeps for a month to half a year is lured back now and then.</summary>
    private static bool IsGranted(int week, int weeksAsleep, ref SplitMix random) => weeksAsleep switch
    {
        0 => week % 2 == 0 && random.Chance(0.38),
        >= 4 and <= 26 => random.Chance(0.05),
        _ => false,
    };

    private static void Open(in TaxiUser user, long userId, long at, TaxiEvents.AppOpenColumns opens, ref SplitMix random)
    {
        opens.UserId.Add(userId);
        opens.OpenedAt.Add(at);
        opens.Platform.Add(random.Below(100) < 92 ? user.Platform : (byte)2);
    }

    private void DrawOpens(in TaxiUser user, int week, ref SplitMix random)
    {
        // Newcomers try the app more, and sign up by opening it.
        var age = week - user.SignUpWeek;
        var count = random.Poisson(user.OpensPerWeek * _seasons[week] * (age < 6 ? 1.5 : 1)) + (age == 0 ? 1 : 0);
        _seconds.Clear();
        for (var i = 0; i < count; i++)
        {
            _seconds.Add(WeekHours.Draw(ref random));
        }

        _seconds.Sort();
    }
}
