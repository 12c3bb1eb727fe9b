using FeatureService.Testing;

namespace FeatureService.EndToEnd.Tests.Soak;

/// <summary>One build that something happens to, and what a fault needs for it.</summary>
internal sealed class SoakRun(TaxiWorld world, ServiceFleet fleet, int seed) : IDisposable
{
    /// <summary>Parts of the dataset.</summary>
    public const int PartCount = 64;

    /// <summary>Runs after which a dataset is to be there, whatever happened to the first ones.</summary>
    private const int ResumesMax = 10;

    private readonly TempFolder _folder = new();

    public TaxiWorld World => world;

    public ServiceFleet Fleet => fleet;

    public Random Random { get; } = new(seed);

    /// <summary>Where the dataset goes.</summary>
    public string Path => _folder["dataset"];

    /// <summary>A folder of the run's own.</summary>
    public TempFolder Folder => _folder;

    public RunningCommand Start(params string[] more) => Start(fleet.Addresses, more);

    public RunningCommand Start(IEnumerable<string> addresses, params string[] more) => FeatureCtl.Start([.. world.Build(Path, addresses), .. more]);

    /// <summary>Waits for a moment of a build that the seed chooses; a build that has ended before is no fault of it.</summary>
    public async Task MomentAsync(RunningCommand build, int partsMin = 0, int partsMax = PartCount - 1)
    {
        var parts = Random.Next(partsMin, partsMax + 1);
        await UntilAsync(build, () => Datasets.Parts(Path) >= parts);
        var more = Random.Next(30);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(1 + more));
        await tick.WaitForNextTickAsync();
    }

    /// <summary>Waits until a condition holds or the build has ended.</summary>
    public static async Task UntilAsync(RunningCommand build, Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (!build.HasExited && !condition())
        {
            await tick.WaitForNextTickAsync(limit.Token);
        }
    }

    /// <summary>Waits for a build that nothing may keep from its end.</summary>
    public static async Task EndsWellAsync(RunningCommand build)
    {
        var result = await build.WaitAsync();
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    /// <summary>Waits for a build that may be broken off, and resumes it until it is finished.</summary>
    /// <param name="build">The first run.</param>
    /// <param name="more">Further arguments of the runs that follow.</param>
    public async Task ResumeToTheEndAsync(RunningCommand build, params string[] more)
    {
        var result = await build.WaitAsync();
        for (var i = 0; result.ExitCode != 0; i++)
        {
            Assert.True(i < ResumesMax && result.ExitCode is 1 or 3 or 137, result.ToString());
            await fleet.EnsureAsync();
            using var resumed = Start([.. more, "--resume"]);
            result = await resumed.WaitAsync();
        }
    }

    /// <summary>The dataset must be that of an undisturbed build, and nothing else may be left.</summary>
    public async Task CheckAsync()
    {
        Assert.Equal(await world.ContentHashAsync(), Datasets.ContentHash(Path));
        var left = Directory.GetFiles(Path).Select(System.IO.Path.GetFileName).Where(name => !name!.StartsWith("part-", StringComparison.Ordinal));
        Assert.Equal(["_manifest.json", "_progress.jsonl"], left.Order(StringComparer.Ordinal));
        Assert.Equal(PartCount, Datasets.Parts(Path));
    }

    public void Dispose() => _folder.Dispose();
}
