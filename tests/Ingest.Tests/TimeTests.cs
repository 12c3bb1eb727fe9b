using FeatureService.Engine.Snapshots;
using FeatureService.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FeatureService.Ingest.Tests;

public sealed class TimeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("2024-10-27 01:30:00", "2024-10-27T01:30:00Z")]
    [InlineData("2024-10-27 00:59:59.999999", "2024-10-26T23:59:59.999999Z")]
    [InlineData("2024-03-31 01:30:00", "2024-03-31T01:30:00Z")]
    [InlineData("2024-03-31 00:59", "2024-03-31T00:59:00Z")]
    [InlineData("2024-07-01 12:00:00Z", "2024-07-01T12:00:00Z")]
    [InlineData("2024-07-01 12:00:00+02:00", "2024-07-01T10:00:00Z")]
    [InlineData("2024-07-01", "2024-06-30T23:00:00Z")]
    [InlineData("1969-12-31 23:59:59.1234569Z", "1969-12-31T23:59:59.123456Z")]
    public void Stamps_without_zone_are_local_doubled_ones_the_later_and_skipped_ones_forward(string text, string utc)
    {
        _folder.Write("e.csv", $"user_id,at\n1,{text}\n");
        Builds.Build(_folder, Builds.Catalog("e.csv", "columns: {at: timestamp}\ntime_zone: Europe/London"));
        Assert.Equal(Micros(utc), Snapshot(snapshot => snapshot.Slice(default).Source(0).Times[0]));
    }

    [Theory]
    [InlineData("2018-11-04", "2018-11-04T03:00:00Z")]
    [InlineData("2018-02-18", "2018-02-18T03:00:00Z")]
    public void A_date_is_the_start_of_its_day_where_midnight_is_skipped_or_doubled(string date, string utc)
    {
        // Sao Paulo skipped the midnight of 2018-11-04 and had the last hour of 2018-02-17 twice.
        _folder.Write("e.csv", $"user_id,at\n1,{date}\n");
        Builds.Build(_folder, Builds.Catalog("e.csv", zone: "America/Sao_Paulo"));
        Assert.Equal("at date", Builds.Columns(_folder));
        Assert.Equal(Micros(utc), Snapshot(snapshot => snapshot.Slice(default).Source(0).Times[0]));
    }

    [Fact]
    public void The_first_cutoff_lies_strictly_after_time_and_availability()
    {
        _folder.Write(
            "e.csv",
            """
            user_id,at,known
            1,2024-03-04 00:00Z,2024-03-04 00:00Z
            2,2024-03-03 23:59:59.999999Z,2024-03-03 00:00Z
            3,2024-03-03 00:00Z,2024-03-11 00:00Z
            4,2024-03-03 00:00Z,
            5,2024-03-03 00:00Z,2024-03-10 23:59:59.999999Z

            """);
        Builds.Build(_folder, Builds.Catalog("e.csv", "available: known"));
        using var snapshot = MappedSnapshot.Open(_folder["out"]);
        var calendar = snapshot.Catalog.Calendar;
        Assert.Equal(
            ["2024-03-11", "2024-03-04", "2024-03-18", "never", "2024-03-11"],
            snapshot.Slice(default).Source(0).FirstCutoffs.ToArray().Select(week => week == SourceEvents.Never ? "never" : calendar.Format(week)));
        Assert.Equal(snapshot.Slice(default).Source(0).FirstCutoffs.ToArray(), snapshot.Slice(default).FirstCutoffs.ToArray());
    }

    [Fact]
    public void Events_of_one_instant_keep_the_order_of_files_and_rows()
    {
        _folder.Write("b/2.csv", "user_id,at,x\n1,2024-01-02,4\n1,2024-01-01,3\n");
        _folder.Write("b/1.csv", "user_id,at,x\n1,2024-01-01,1\n1,2024-01-01,2\n");
        _folder.Write("a.csv", "user_id,at,x\n1,2024-01-01,5\n");
        Builds.Build(_folder, Builds.Catalog("['b/*.csv', 'a.csv']"));
        Assert.Equal(["1", "2", "3", "5", "4"], Builds.Lines(_folder).Skip(1).Select(line => line[(line.LastIndexOf('|') + 2)..]));
    }

    [Fact]
    public void Events_more_than_a_day_after_the_clock_fail_the_build_unless_allowed()
    {
        _folder.Write("e.csv", "user_id,at\n1,2024-03-05 12:00:00Z\n1,2024-03-05 12:00:00.000001Z\n1,2030-01-01 00:00Z\n");
        var clock = new FakeTimeProvider(new DateTimeOffset(2024, 3, 4, 12, 0, 0, TimeSpan.Zero));
        var message = Assert.Single(Builds.Refused(_folder, Builds.Catalog("e.csv"), options => options with { Clock = clock }));
        Assert.StartsWith($"{_folder["e.csv"]}:3: source e has 2 events more than a day after now", message, StringComparison.Ordinal);
        Builds.Build(_folder, Builds.Catalog("e.csv"), options => options with { Clock = clock, AllowFuture = true });
        Assert.Equal(3, Snapshot(snapshot => snapshot.Slice(default).Source(0).Count));
        Assert.Equal(Micros("2024-03-05T12:00:00Z"), Snapshot(snapshot => snapshot.CompleteUntil(0)));
    }

    [Fact]
    public void A_source_is_complete_until_its_own_instant_else_the_catalogs_else_its_last_event()
    {
        _folder.Write("e.csv", "user_id,at\n1,2024-03-05 12:00:00Z\n");
        Builds.Build(_folder, Builds.Catalog("e.csv"));
        Assert.Equal(Micros("2024-03-05T12:00:00Z"), Snapshot(snapshot => snapshot.CompleteUntil(0)));
        Builds.Build(_folder, "complete_until: 2024-04-01\n" + Builds.Catalog("e.csv", zone: "Asia/Tokyo"));
        Assert.Equal(Micros("2024-03-31T15:00:00Z"), Snapshot(snapshot => snapshot.CompleteUntil(0)));
        Builds.Build(_folder, "complete_until: 2024-04-01\n" + Builds.Catalog("e.csv", "complete_until: 2024-03-06"));
        Assert.Equal(Micros("2024-03-06T00:00:00Z"), Snapshot(snapshot => snapshot.CompleteUntil(0)));
    }

    [Fact]
    public void A_source_without_events_is_complete_until_nothing()
    {
        _folder.Write("e.csv", "user_id,at,x\n");
        Builds.Build(_folder, Builds.Catalog("e.csv"));
        Assert.Equal(long.MinValue, Snapshot(snapshot => snapshot.CompleteUntil(0)));
        Assert.Equal(0, Snapshot(snapshot => snapshot.Slice(default).EntityCount));
        Assert.Equal("at timestamp, x bool", Builds.Columns(_folder));
    }

    private T Snapshot<T>(Func<MappedSnapshot, T> read)
    {
        using var snapshot = MappedSnapshot.Open(_folder["out"]);
        return read(snapshot);
    }

    private static long Micros(string utc) =>
        (DateTimeOffset.Parse(utc, System.Globalization.CultureInfo.InvariantCulture).UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
