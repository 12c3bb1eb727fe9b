using FeatureService.Client.FanOut;
using Xunit.Sdk;

namespace FeatureService.Client.Tests.Simulation;

/// <summary>
/// The whole client above its channels, against pods in memory that fail by a script, in virtual time: thousands of clusters, each by its
/// seed, and what holds in all of them.
/// </summary>
public sealed class FanOutSimulation
{
    /// <summary>How many seeds, from 0; or which, as <c>117..118</c>, to look into one or to run more.</summary>
    private const string SeedsVariable = "FEATURES_SIMULATION_SEEDS";

    private const int SeedCount = 2_000;

    [Fact]
    public void Whatever_befalls_pods_every_row_arrives_once_or_the_end_says_why()
    {
        var (first, seeds) = Seeds();
        var (given, retried, doubled) = (0, 0, 0);
        Parallel.For(first, first + seeds, seed =>
        {
            try
            {
                var build = Check(seed);
                Interlocked.Add(ref given, build.Failure is null ? 0 : 1);
                Interlocked.Add(ref retried, build.Progress.Retries > 0 ? 1 : 0);
                Interlocked.Add(ref doubled, build.Progress.Doubled > 0 ? 1 : 0);
            }
            catch (Exception exception)
            {
                throw FailException.ForFailure($"seed {seed}: {exception.Message}\n{exception.StackTrace}");
            }
        });
        var tally = $"{seeds} runs: {given} given up, {retried} with retries, {doubled} with shards doubled";
        TestContext.Current.TestOutputHelper?.WriteLine(tally);
        // Scenarios in which nothing happens would prove nothing.
        Assert.True(seeds < SeedCount || (given > seeds / 200 && retried > seeds / 4 && doubled > seeds / 200), tally);
    }

    [Fact]
    public void A_seed_gives_the_same_run_each_time()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var (one, two) = (Run(seed, out var first), Run(seed, out var second));
            Assert.Equal(first.Time.Elapsed, second.Time.Elapsed);
            Assert.Equal(one.Progress.Pods, two.Progress.Pods);
            Assert.Equal(one.Progress.Retries, two.Progress.Retries);
        }
    }

    private static (int First, int Count) Seeds()
    {
        int[] ends = [.. (Environment.GetEnvironmentVariable(SeedsVariable) ?? "").Split("..", StringSplitOptions.RemoveEmptyEntries)
            .Select(end => int.Parse(end, System.Globalization.CultureInfo.InvariantCulture))];
        return ends.Length switch
        {
            0 => (0, SeedCount),
            1 => (0, ends[0]),
            _ => (ends[0], ends[1] - ends[0] + 1),
        };
    }

    private static SimulatedBuild Check(int seed)
    {
        var build = Run(seed, out var scenario);
        switch (build.Failure)
        {
            case null:
                build.CheckComplete();
                break;
            case PartialBuildException partial:
                Assert.False(scenario.HasSurvivor, $"given up though a pod was there: {partial.Message}\n{string.Join('\n', scenario.Log)}\n{string.Join('\n', build.Progress.Pods)}");
                Assert.StartsWith("no progress for 30 s: ", partial.Message, StringComparison.Ordinal);
                // Timers of tokens count whole milliseconds.
                var waited = scenario.Time.Elapsed - build.LastArrival + TimeSpan.FromMilliseconds(1);
                Assert.True(waited >= scenario.Options.OutageTimeout, $"given up too soon, at {scenario.Time.Elapsed} after {build.LastArrival}: {partial.Message}\n{string.Join('\n', scenario.Log)}\n{string.Join('\n', build.Progress.Pods)}");
                break;
            default:
                Assert.Fail($"{build.Failure.GetType().Name}: {build.Failure.Message}\n{build.Failure.StackTrace}");
                break;
        }

        Assert.All(scenario.Pods, pod => Assert.True(pod.OpenMax <= Scenario.StreamsAdvised, $"{pod.OpenMax} streams on {pod.Address}"));
        Assert.All(scenario.Pods, pod => Assert.Equal(0, pod.Open));
        Assert.All(build.Progress.Pods, pod => Assert.Equal(0, pod.InFlight));
        return build;
    }

    private static SimulatedBuild Run(int seed, out Scenario scenario)
    {
        // What goes on after a wait is to go on here.
        SynchronizationContext.SetSynchronizationContext(null);
        scenario = new Scenario(seed);
        var build = new SimulatedBuild(scenario);
        build.Run();
        return build;
    }
}
