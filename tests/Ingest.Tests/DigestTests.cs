using System.IO.Hashing;
using FeatureService.Core.Calendar;
using FeatureService.Engine.Snapshots;
using FeatureService.Testing;

namespace FeatureService.Ingest.Tests;

/// <summary>What a snapshot in files says of its content by periods: what a cache of columns goes by.</summary>
public sealed class DigestTests : IDisposable
{
    private const string Early = "user_id,at,x\n1,2023-01-02,1\n2,2023-01-09,2\n1,2023-06-05,3\n";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Periods_before_new_events_keep_their_digests_and_those_of_new_events_do_not()
    {
        var before = Hashes("a", Early);
        var after = Hashes("b", Early + "2,2023-06-06,4\n");

        var period = EventDigest.PeriodOf(Catalogs.Weeks("UTC").WeekOfDay(WeekCalendar.DayNumber(new DateOnly(2023, 6, 5))));
        Assert.Equal(before(int.MinValue, period - 1), after(int.MinValue, period - 1));
        Assert.NotEqual(before(period, period), after(period, period));
        Assert.NotEqual(before(int.MinValue, int.MaxValue), after(int.MinValue, int.MaxValue));
        Assert.Equal(before(period + 1, int.MaxValue), after(period + 1, int.MaxValue));
    }

    [Fact]
    public void A_value_of_an_old_event_changes_its_period_alone()
    {
        var before = Hashes("a", Early);
        var after = Hashes("b", Early.Replace("2023-01-09,2", "2023-01-09,5", StringComparison.Ordinal));

        var period = EventDigest.PeriodOf(Catalogs.Weeks("UTC").WeekOfDay(WeekCalendar.DayNumber(new DateOnly(2023, 1, 9))));
        Assert.NotEqual(before(period, period), after(period, period));
        Assert.Equal(before(period + 1, int.MaxValue), after(period + 1, int.MaxValue));
    }

    [Fact]
    public void Periods_without_events_add_nothing()
    {
        var hashes = Hashes("a", Early);
        Assert.Equal(hashes(int.MinValue, 0), hashes(10_000, 20_000));
    }

    private Func<int, int, UInt128> Hashes(string name, string rows)
    {
        _folder.Write(name + ".csv", rows);
        Builds.Build(_folder, Builds.Catalog(name + ".csv"), options => options with { OutputFolder = _folder[name] });
        return (first, last) =>
        {
            using var snapshot = MappedSnapshot.Open(_folder[name]);
            var hash = new XxHash128();
            Assert.True(snapshot.AppendDigests(0, default, first, last, hash));
            return hash.GetCurrentHashAsUInt128();
        };
    }
}
