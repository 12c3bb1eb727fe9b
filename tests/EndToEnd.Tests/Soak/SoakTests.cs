using System.Diagnostics;
using System.Globalization;

namespace FeatureService.EndToEnd.Tests.Soak;

/// <summary>
/// Whatever happens at whatever moment, a build ends with the dataset of an undisturbed one. CI runs one of each kind; <c>tests/soak/run</c>
/// as many as it is told, and prints a table.
/// </summary>
[Collection(TaxiWorld.Name)]
public sealed class SoakTests(TaxiWorld world, ITestOutputHelper output)
{
    public static TheoryData<string> Kinds => [.. Faults.All.Keys.Where(kind => kind.Contains(SoakSettings.Kind, StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_build_survives(string kind)
    {
        output.WriteLine($"seed {SoakSettings.Seed}");
        await world.ContentHashAsync();
        using var fleet = new ServiceFleet(world);
        var failures = new List<string>();
        for (var i = 0; i < SoakSettings.Count; i++)
        {
            var seed = HashCode(kind, i);
            var started = Stopwatch.GetTimestamp();
            try
            {
                await fleet.EnsureAsync();
                using var run = new SoakRun(world, fleet, seed);
                started = Stopwatch.GetTimestamp();
                await Faults.All[kind](run);
                await run.CheckAsync();
                Note(kind, "survived", started);
            }
            catch (Exception failure) when (SoakSettings.Count > 1)
            {
                // All are run, so that the table says how many survive.
                Note(kind, "failed", started);
                failures.Add($"run {i}: {failure.Message}");
            }
        }

        Assert.True(failures.Count == 0, $"{kind}, seed {SoakSettings.Seed}: {failures.Count} of {SoakSettings.Count} did not survive:\n{string.Join('\n', failures)}");
    }

    private static int HashCode(string kind, int run) =>
        unchecked((int)kind.Aggregate(2166136261u, (hash, letter) => (hash ^ letter) * 16777619) + (SoakSettings.Seed * 1_000_003) + run);

    private static void Note(string kind, string end, long started)
    {
        if (SoakSettings.Table is { } table)
        {
            File.AppendAllText(table, string.Create(CultureInfo.InvariantCulture, $"{kind}\t{end}\t{Stopwatch.GetElapsedTime(started).TotalSeconds:F1}\n"));
        }
    }
}
