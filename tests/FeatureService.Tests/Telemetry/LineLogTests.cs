using System.Text;
using FeatureService.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FeatureService.Tests.Telemetry;

public sealed class LineLogTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 4, 10, 11, 12, 345, TimeSpan.Zero));

    [Fact]
    public void A_line_has_time_level_category_id_and_message()
    {
        using var target = new MemoryStream();
        using (var log = new LineLog(target, _time))
        {
            var logger = log.CreateLogger("Some.Category");
            logger.Log(LogLevel.Information, new EventId(17), "größer", null, (state, _) => state);
            logger.Log(LogLevel.Warning, default, "two\r\nlines\nand a third", new InvalidOperationException("why"), (state, _) => state);
            logger.Log(LogLevel.None, default, "nothing", null, (state, _) => state);
        }

        Assert.Equal(
            "2026-03-04T10:11:12.345Z info: Some.Category[17] größer\n"
            + "2026-03-04T10:11:12.345Z warn: Some.Category[0] two lines and a third System.InvalidOperationException: why\n",
            Text(target));
    }

    [Fact]
    public void Lines_of_many_threads_all_come_each_threads_in_its_order()
    {
        using var target = new MemoryStream();
        using (var log = new LineLog(target, _time))
        {
            var logger = log.CreateLogger("c");
            Parallel.For(0, 8, thread =>
            {
                for (var i = 0; i < 2_000; i++)
                {
                    logger.Log(LogLevel.Information, default, (thread, i), null, (state, _) => $"{state.thread} {state.i}");
                }
            });
        }

        var lines = Text(target).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[^2..]).ToLookup(l => l[0], l => l[1]);
        Assert.Equal(8, lines.Count);
        Assert.All(lines, thread => Assert.Equal(Enumerable.Range(0, 2_000).Select(i => $"{i}"), thread));
    }

    [Fact]
    public void An_error_is_written_before_the_call_returns_behind_what_came_before()
    {
        using var target = new MemoryStream();
        using var log = new LineLog(target, _time);
        var logger = log.CreateLogger("c");
        logger.LogInformation("first");
        logger.LogError("second");
        Assert.Equal(["first", "second"], Text(target).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[^1]));
    }

    [Fact]
    public void Lines_that_nobody_takes_are_counted_and_the_callers_go_on()
    {
        using var target = new StuckStream();
        var text = new string('x', 1 << 20);
        using (var log = new LineLog(target, _time))
        {
            var logger = log.CreateLogger("c");
            logger.LogInformation("begins to be written");
            target.Stuck.Wait(TestContext.Current.CancellationToken);
            for (var i = 0; i < 10; i++)
            {
                logger.LogInformation("{Text}", text);
            }

            target.Go.Set();
        }

        var lines = Text(target.Written).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(6, lines.Length);
        Assert.EndsWith("warn: LineLog[0] 6 lines were dropped: nobody reads them", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_reader_the_program_goes_on()
    {
        using var target = new StuckStream { IsBroken = true };
        target.Go.Set();
        using var log = new LineLog(target, _time);
        log.CreateLogger("c").LogError("nobody sees this");
    }

    private static string Text(MemoryStream stream) => Encoding.UTF8.GetString(stream.ToArray());

    /// <summary>Waits in the first write, or fails in each.</summary>
    private sealed class StuckStream : MemoryStream
    {
        public ManualResetEventSlim Stuck { get; } = new();

        public ManualResetEventSlim Go { get; } = new();

        public MemoryStream Written { get; } = new();

        public bool IsBroken { get; init; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Stuck.Set();
            Go.Wait(TestContext.Current.CancellationToken);
            if (IsBroken)
            {
                throw new IOException("broken pipe");
            }

            Written.Write(buffer);
        }
    }
}
