using System.Globalization;
using CsCheck;
using FeatureService.Core.Calendar;

namespace FeatureService.Core.Tests;

public sealed class TimeTextTests
{
    private static readonly ZoneRules NewYork = ZoneRules.FromTzdb("America/New_York")!;

    [Theory]
    [InlineData("2024-03-04", "2024-03-04T05:00:00.0000000Z")]
    [InlineData("2024-03-04 10:15", "2024-03-04T15:15:00.0000000Z")]
    [InlineData("2024-03-04T10:15:30", "2024-03-04T15:15:30.0000000Z")]
    [InlineData("2024-03-04t10:15:30.25", "2024-03-04T15:15:30.2500000Z")]
    [InlineData("2024-03-04 10:15:30.1234569", "2024-03-04T15:15:30.1234560Z")]
    [InlineData("2024-03-04 10:15Z", "2024-03-04T10:15:00.0000000Z")]
    [InlineData("2024-03-04 10:15:30+09:00", "2024-03-04T01:15:30.0000000Z")]
    [InlineData("2024-03-04 10:15:30-0530", "2024-03-04T15:45:30.0000000Z")]
    [InlineData("2024-03-04 10:15:30+09", "2024-03-04T01:15:30.0000000Z")]
    [InlineData("0001-01-01 00:00Z", "0001-01-01T00:00:00.0000000Z")]
    [InlineData("1969-12-31 23:59:59.999999Z", "1969-12-31T23:59:59.9999990Z")]
    [InlineData("2024-03-10 02:30", "2024-03-10T07:30:00.0000000Z")]
    [InlineData("2024-11-03 01:30", "2024-11-03T06:30:00.0000000Z")]
    public void Timestamps_are_read(string text, string utc)
    {
        Assert.True(TimeText.TryParseTimestamp(text, NewYork, out var micros));
        Assert.Equal(utc, DateTime.UnixEpoch.AddTicks(micros * 10).ToString("O", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2024-3-4")]
    [InlineData("2024-02-30")]
    [InlineData("0000-01-01")]
    [InlineData("2024-03-04 ")]
    [InlineData("2024-03-04 10")]
    [InlineData("2024-03-04 24:00")]
    [InlineData("2024-03-04 10:60")]
    [InlineData("2024-03-04 10:15:60")]
    [InlineData("2024-03-04 10:15:30.")]
    [InlineData("2024-03-04 10:15:30+")]
    [InlineData("2024-03-04 10:15:30+19:00")]
    [InlineData("2024-03-04 10:15:30+09:0")]
    [InlineData("2024-03-04 10:15:30+09:00x")]
    [InlineData("2024-03-04x10:15")]
    [InlineData("2024-03-04 10:15 Z")]
    public void Other_texts_are_no_timestamps(string text) => Assert.False(TimeText.TryParseTimestamp(text, NewYork, out _));

    [Fact]
    public void Any_instant_that_is_written_is_read_back() => Gen.Long[-62_135_596_800_000_000, 253_402_300_799_999_999].Sample(micros =>
    {
        var text = DateTime.UnixEpoch.AddTicks(micros * 10).ToString("yyyy-MM-dd HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        Assert.True(TimeText.TryParseTimestamp(text, NewYork, out var read));
        Assert.Equal(micros, read);
    });

    [Fact]
    public void Dates_are_days_since_1970()
    {
        Assert.True(TimeText.TryParseDate("1970-01-02", out var day));
        Assert.Equal(1, day);
        Assert.False(TimeText.TryParseDate("1970-01-02 00:00", out _));
    }
}
