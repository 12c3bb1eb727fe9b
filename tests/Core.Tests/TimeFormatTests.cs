using System.Globalization;
using System.Text;
using FeatureService.Core.Calendar;

namespace FeatureService.Core.Tests;

public sealed class TimeFormatTests
{
    [Theory]
    [InlineData("%d/%m/%Y %H:%M", "04/03/2024 10:15", "2024-03-04T10:15:00")]
    [InlineData("%d/%m/%Y %H:%M", "4/3/2024   9:5", "2024-03-04T09:05:00")]
    [InlineData("%Y%m%dT%H%M%S", "20240304T101530", "2024-03-04T10:15:30")]
    [InlineData("%e %b %y", " 4 mar 24", "2024-03-04T00:00:00")]
    [InlineData("%A, %d %B %Y", "Monday, 04 March 2024", "2024-03-04T00:00:00")]
    [InlineData("%y-%m-%d", "69-12-31", "1969-12-31T00:00:00")]
    [InlineData("%Y-%j", "2024-366", "2024-12-31T00:00:00")]
    [InlineData("%m/%d/%Y %I:%M:%S %p", "03/04/2024 12:00:01 AM", "2024-03-04T00:00:01")]
    [InlineData("%m/%d/%Y %I:%M:%S %p", "03/04/2024 12:00:01 pm", "2024-03-04T12:00:01")]
    [InlineData("%F %T.%f", "2024-03-04 10:15:30.1234569", "2024-03-04T10:15:30.123456")]
    [InlineData("%D %R", "03/04/24 10:15", "2024-03-04T10:15:00")]
    [InlineData("100%% %F", "100% 2024-02-29", "2024-02-29T00:00:00")]
    public void Text_reads_by_its_directives(string format, string text, string expected)
    {
        Assert.True(Format(format).TryRead(Encoding.UTF8.GetBytes(text), out var micros, out var isLocal));
        Assert.True(isLocal);
        Assert.Equal(expected, Text(micros));
    }

    [Theory]
    [InlineData("2024-03-04 10:15Z", "2024-03-04T10:15:00")]
    [InlineData("2024-03-04 10:15+09", "2024-03-04T01:15:00")]
    [InlineData("2024-03-04 10:15-0330", "2024-03-04T13:45:00")]
    [InlineData("2024-03-04 10:15+09:00", "2024-03-04T01:15:00")]
    public void An_offset_makes_the_time_one_of_UTC(string text, string expected)
    {
        Assert.True(Format("%F %R%z").TryRead(Encoding.UTF8.GetBytes(text), out var micros, out var isLocal));
        Assert.False(isLocal);
        Assert.Equal(expected, Text(micros));
    }

    [Theory]
    [InlineData("%d/%m/%Y", "31/02/2024")]
    [InlineData("%d/%m/%Y", "01/13/2024")]
    [InlineData("%d/%m/%Y", "1/1/24")]
    [InlineData("%d/%m/%Y", "1/1/2024 ")]
    [InlineData("%d/%m/%Y", "")]
    [InlineData("%d/%m/%Y %H", "1/1/2024 24")]
    [InlineData("%d/%m/%Y %H:%M", "1/1/2024 1:60")]
    [InlineData("%Y-%j", "2023-366")]
    [InlineData("%F %I %p", "2024-01-01 13 PM")]
    [InlineData("%F %R%z", "2024-01-01 10:00")]
    [InlineData("%F %R%z", "2024-01-01 10:00+1")]
    [InlineData("%F %R%z", "2024-01-01 10:00+19:00")]
    [InlineData("%b %d %Y", "Mai 1 2024")]
    public void Text_that_does_not_fit_is_refused(string format, string text) =>
        Assert.False(Format(format).TryRead(Encoding.UTF8.GetBytes(text), out _, out _));

    [Theory]
    [InlineData("%q", "the time format has '%q': expected of %Y")]
    [InlineData("%d/%m/%Y %", "the time format has '% ': expected of %Y")]
    [InlineData("%d/%m", "the time format does not name a date")]
    [InlineData("%Y-%j-%d", "the time format does not name a date")]
    [InlineData("%F %d", "the time format has '%d' or its like twice: expected each once")]
    [InlineData("%F %I", "the time format mixes clocks of 12 and 24 hours")]
    [InlineData("%F %M", "the time format has %M or %z without an hour")]
    [InlineData("%F %H:%S", "the time format has %S without %M")]
    [InlineData("%F %R.%f", "the time format has %f without %S")]
    [InlineData("%F\n", "the time format holds the character 000a")]
    public void A_format_that_names_no_time_is_refused(string format, string error)
    {
        Assert.Null(TimeFormat.TryParse(format, out var found));
        Assert.StartsWith(error, found, StringComparison.Ordinal);
    }

    private static TimeFormat Format(string text)
    {
        var format = TimeFormat.TryParse(text, out var error);
        Assert.Null(error);
        return format!;
    }

    private static string Text(long micros) =>
        new DateTime(DateTime.UnixEpoch.Ticks + (micros * TimeSpan.TicksPerMicrosecond)).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture);
}
