using FeatureService.Samples.Taxi;

namespace FeatureService.Bench.MainJob.Growth;

/// <summary>The main job for some users and for ten times as many, round by round in turn.</summary>
/// <param name="folder">Where all lies.</param>
/// <param name="taxi">The larger of the two.</param>
/// <param name="runs">Rounds.</param>
/// <param name="buildMemory">The snapshot builds' <c>--memory</c>; null for its default.</param>
internal sealed class GrowthSession(string folder, TaxiOptions taxi, int runs, string? buildMemory)
{
    /// <summary>How many times as many users.</summary>
    public const int Factor = 10;

    /// <summary>Generates both, builds both, runs all rounds.</summary>
    /// <exception cref="IOException">The disk has not the room.</exception>
    public async Task<GrowthResult> RunAsync()
    {
        var fewer = taxi with { Users = Math.Max(1, taxi.Users / Factor) };
        DiskSpace.Check(folder, DiskSpace.Needed((long)taxi.Users + fewer.Users, taxi.Weeks));
        await using var small = new GrowthSize(new Work(Path.Combine(folder, "small"), fewer), buildMemory);
        await using var large = new GrowthSize(new Work(Path.Combine(folder, "large"), taxi), buildMemory);
        await small.PrepareAsync().ConfigureAwait(false);
        await large.PrepareAsync().ConfigureAwait(false);
        for (var run = 0; run < runs; run++)
        {
            await small.RunAsync().ConfigureAwait(false);
            await large.RunAsync().ConfigureAwait(false);
        }

        return new GrowthResult(small, large, runs);
    }
}
