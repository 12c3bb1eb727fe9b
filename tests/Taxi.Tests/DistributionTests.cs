using FeatureService.Samples.Taxi;

namespace FeatureService.Taxi.Tests;

public sealed class DistributionTests(DistributionTests.Life life) : IClassFixture<DistributionTests.Life>
{
    private const long MicrosPerDay = 86_400_000_000;
    private const long MicrosPerWeek = 7 * MicrosPerDay;
    private const int Users = 4_000;

    [Fact]
    public void A_user_has_about_160_events_in_five_years()
    {
        var events = life.Events.AppOpens.UserId.Count + life.Events.Rides.UserId.Count + life.Events.Coupons.UserId.Count;
        Assert.InRange(events / (double)Users, 150, 175);
    }

    [Fact]
    public void Every_user_opens_the_app_at_least_once() =>
        Assert.Equal(Enumerable.Range(1, Users).Select(user => (long)user), life.Events.AppOpens.UserId.Distinct());

    [Fact]
    public void Every_user_has_one_profile_and_the_first_city_and_channel_are_the_commonest()
    {
        var users = life.Events.Users;
        Assert.Equal(Enumerable.Range(1, Users).Select(user => (long)user), users.UserId);
        Assert.All(users.BirthYear, year => Assert.InRange(year, 1952, 2006));
        foreach (var (codes, words) in new[] { (users.City, TaxiWords.Cities), (users.Channel, TaxiWords.Channels) })
        {
            var counts = codes.CountBy(code => code).OrderBy(code => code.Key).Select(code => code.Value).ToArray();
            Assert.Equal(words.Count, counts.Length);
            Assert.Equal(counts.OrderDescending(), counts);
        }
    }

    [Fact]
    public void All_events_lie_in_the_weeks_asked_for_or_run_over_by_one_ride()
    {
        var events = life.Events;
        Assert.All(events.AppOpens.OpenedAt, at => Assert.InRange(at, life.Start, life.End - 1));
        Assert.All(events.Rides.PickedUpAt, at => Assert.InRange(at, life.Start, life.End + (MicrosPerDay / 24)));
        Assert.All(events.Coupons.At, at => Assert.InRange(at, life.Start, life.End + (MicrosPerDay / 4)));
    }

    [Fact]
    public void Activity_has_a_heavy_tail()
    {
        var counts = life.Events.AppOpens.UserId.CountBy(user => user).Select(pair => pair.Value).OrderDescending().ToArray();
        var topTenth = counts.Take(Users / 10).Sum() / (double)counts.Sum();
        Assert.InRange(topTenth, 0.4, 0.8);
        Assert.True(counts[0] > 50 * counts[Users / 2], $"the busiest has {counts[0]} opens, the median {counts[Users / 2]}");
    }

    [Fact]
    public void Seasons_and_days_of_the_week_show()
    {
        var days = life.Events.AppOpens.OpenedAt.Select(life.Day).ToArray();
        Assert.True(days.Count(day => day.Month == 12) > 1.25 * days.Count(day => day.Month == 8));
        Assert.True(days.Count(day => day.DayOfWeek == DayOfWeek.Friday) > 1.2 * days.Count(day => day.DayOfWeek == DayOfWeek.Monday));
    }

    [Fact]
    public void Users_sign_up_in_every_year_and_many_fall_asleep()
    {
        var (users, times) = (life.Events.AppOpens.UserId, life.Events.AppOpens.OpenedAt);
        var lives = users.Zip(times).GroupBy(open => open.First, open => open.Second).Select(opens => (First: opens.Min(), Last: opens.Max())).ToArray();
        Assert.All(Enumerable.Range(2020, 5), year => Assert.True(lives.Count(user => life.Day(user.First).Year == year) > Users / 20));
        var asleep = lives.Count(user => user.Last < life.End - (26 * MicrosPerWeek)) / (double)Users;
        Assert.InRange(asleep, 0.25, 0.7);
    }

    [Fact]
    public void Coupons_are_used_only_after_one_was_granted_and_never_twice()
    {
        var coupons = life.Events.Coupons;
        var (openUser, openValue, openAt) = (0L, 0L, 0L);
        for (var row = 0; row < coupons.At.Count; row++)
        {
            if (coupons.Action[row] == 0)
            {
                (openUser, openValue, openAt) = (coupons.UserId[row], coupons.Value[row], coupons.At[row]);
                continue;
            }

            Assert.Equal((openUser, openValue), (coupons.UserId[row], coupons.Value[row]));
            Assert.InRange(coupons.At[row] - openAt, 1, (4 * MicrosPerWeek) + MicrosPerDay);
            openUser = 0;
        }
    }

    [Fact]
    public void The_label_depends_on_recent_behaviour()
    {
        // Rate of use in the week after the cutoff, by opens in the four weeks before it.
        var rates = life.UseRateByOpensOfFourWeeks();
        Assert.InRange(rates[0], 0, 0.01);
        Assert.True(rates[0] * 4 < rates[1], $"{rates[0]:F4} with no open, {rates[1]:F4} with one to three");
        Assert.True(rates[1] * 1.5 < rates[2], $"{rates[1]:F4} with one to three opens, {rates[2]:F4} with more");
        Assert.InRange(rates[2], 0.05, 0.4);
    }

    public sealed class Life
    {
        private static readonly TaxiOptions Options = new() { Users = Users };

        public TaxiEvents Events { get; } = TaxiSample.Generate(Options, 1, Users);

        public long Start { get; } = Midnight(Options.FirstWeek);

        public long End { get; } = Midnight(TaxiOptions.EndDate);

        public DateOnly Day(long micros) => DateOnly.FromDateTime(DateTime.UnixEpoch.AddMicroseconds(micros).AddHours(9));

        public double[] UseRateByOpensOfFourWeeks()
        {
            var opens = new int[Users + 1, Options.Weeks];
            var used = new bool[Users + 1, Options.Weeks];
            for (var row = 0; row < Events.AppOpens.UserId.Count; row++)
            {
                opens[Events.AppOpens.UserId[row], Week(Events.AppOpens.OpenedAt[row])]++;
            }

            for (var row = 0; row < Events.Coupons.UserId.Count; row++)
            {
                var week = Week(Events.Coupons.At[row]);
                used[Events.Coupons.UserId[row], Math.Min(week, Options.Weeks - 1)] |= Events.Coupons.Action[row] == 1;
            }

            var rows = new int[3];
            var uses = new int[3];
            for (var user = 1; user <= Users; user++)
            {
                for (var week = 4; week < Options.Weeks; week++)
                {
                    var count = opens[user, week - 1] + opens[user, week - 2] + opens[user, week - 3] + opens[user, week - 4];
                    var group = count == 0 ? 0 : count < 4 ? 1 : 2;
                    rows[group]++;
                    uses[group] += used[user, week] ? 1 : 0;
                }
            }

            return [.. rows.Zip(uses, (all, some) => some / (double)all)];
        }

        private static long Midnight(DateOnly day) =>
            (day.ToDateTime(TimeOnly.MinValue).AddHours(-9) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

        private int Week(long at) => (int)((at - Start) / MicrosPerWeek);
    }
}
