using NodaTime;
using NodaTime.Text;

namespace FeatureService.Oracle.Tests.SecondOracle;

/// <summary>The second oracle's own instants against some that were worked out by hand.</summary>
public sealed class ZoneInstantsTests
{
    [Theory]
    // In Iran 2022-03-22 starts at 01:00, 4:30 ahead from then on, and the last hour of 2022-09-21 comes twice.
    [InlineData("Asia/Tehran", "2022-03-21", "1d", "", false, "2022-03-19T20:30:00Z", "2022-03-20T20:30:00Z")]
    [InlineData("Asia/Tehran", "2022-03-22", "1d", "", false, "2022-03-20T20:30:00Z", "2022-03-21T20:30:00Z")]
    [InlineData("Asia/Tehran", "2022-03-23", "1d", "", false, "2022-03-21T20:30:00Z", "2022-03-22T19:30:00Z")]
    [InlineData("Asia/Tehran", "2022-09-22", "1w", "", false, "2022-09-14T19:30:00Z", "2022-09-21T20:30:00Z")]
    // New York's clocks go back at 02:00 on 2023-11-05.
    [InlineData("America/New_York", "2023-11-05", "1d", "", true, "2023-11-05T04:00:00Z", "2023-11-06T05:00:00Z")]
    [InlineData("America/New_York", "2023-11-06", "24h", "", false, "2023-11-05T05:00:00Z", "2023-11-06T05:00:00Z")]
    [InlineData("America/New_York", "2023-11-06", "2d", "36h", false, "2023-11-02T16:00:00Z", "2023-11-04T17:00:00Z")]
    [InlineData("America/New_York", "2023-11-06", "36h", "2d", false, "2023-11-02T16:00:00Z", "2023-11-04T04:00:00Z")]
    [InlineData("America/New_York", "2023-11-05", "5h", "1d", true, "2023-11-06T05:00:00Z", "2023-11-06T10:00:00Z")]
    // Lord Howe's clocks go on half an hour at 02:00 on 2023-10-01.
    [InlineData("Australia/Lord_Howe", "2023-10-02", "1d", "", false, "2023-09-30T13:30:00Z", "2023-10-01T13:00:00Z")]
    public void A_window_has_the_ends_that_the_language_says(
        string zone, string day, string length, string lag, bool isNext, string start, string stop)
    {
        var date = LocalDatePattern.Iso.Parse(day).Value;
        var text = $"count(s) over {(isNext ? "next " : "")}{length}{(lag == "" ? "" : " lag " + lag)}";
        var window = ((Aggregate)DefinitionReader.Read(text).Body).Window!;
        var (first, end, _) = new ZoneInstants(zone, date, 1).Of(window, date, null);
        Assert.Equal((start, stop), (Text(first), Text(end)));
    }

    [Theory]
    [InlineData("Asia/Tehran", "2022-03-22 00:30:00", "2022-03-21T21:00:00Z")]
    [InlineData("Asia/Tehran", "2022-09-21 23:30:00", "2022-09-21T20:00:00Z")]
    [InlineData("America/New_York", "2023-11-05 01:30", "2023-11-05T06:30:00Z")]
    [InlineData("America/New_York", "2024-03-10", "2024-03-10T05:00:00Z")]
    [InlineData("America/New_York", "2024-03-10T02:30:00+03:30", "2024-03-09T23:00:00Z")]
    public void A_text_means_the_later_of_two_instants_and_moves_forward_where_there_is_none(string zone, string text, string instant) =>
        Assert.Equal(instant, Text(new ZoneInstants(zone, new LocalDate(2024, 1, 1), 1).Read(text)));

    private static string Text(long micros) => InstantPattern.ExtendedIso.Format(Instant.FromUnixTimeTicks(micros * 10));
}
