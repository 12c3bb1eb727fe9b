namespace FeatureService.EndToEnd.Tests.Soak;

/// <summary>Faults of the process that builds.</summary>
internal static class ClientFaults
{
    public static async Task KillAsync(SoakRun run)
    {
        using var build = run.Start();
        await run.MomentAsync(build);
        build.Kill();
        await run.ResumeToTheEndAsync(build);
    }

    public static async Task KillAgainAndAgainAsync(SoakRun run)
    {
        for (var kill = 0; kill < 4; kill++)
        {
            using var build = run.Start(kill == 0 ? [] : ["--resume"]);
            await run.MomentAsync(build, kill * 16, (kill + 1) * 16);
            build.Kill();
            await build.WaitAsync();
        }

        using var last = run.Start("--resume");
        await SoakRun.EndsWellAsync(last);
    }

    public static async Task TerminateAsync(SoakRun run)
    {
        using var build = run.Start();
        await run.MomentAsync(build, 1, 40);
        build.Terminate();
        await run.ResumeToTheEndAsync(build);
    }

    /// <summary>The earlier dataset has but a few of the columns.</summary>
    public static async Task KillWhileReusingAsync(SoakRun run)
    {
        var earlier = run.Folder["earlier"];
        await FeatureCtl.SucceedAsync([.. run.World.Build(earlier, run.Fleet.Addresses), "--columns", "rides_13w,fare_13w,opens_4w,longest_km"]);
        using var build = run.Start("--reuse", earlier);
        await run.MomentAsync(build);
        build.Kill();
        await run.ResumeToTheEndAsync(build, run.Random.Next(2) == 0 ? ["--reuse", earlier] : []);
    }

    public static async Task BuildTwiceAsync(SoakRun run)
    {
        using var build = run.Start();
        await SoakRun.UntilAsync(build, () => File.Exists(System.IO.Path.Combine(run.Path, "_progress.jsonl")));
        await run.MomentAsync(build, 0, 20);
        // It holds the folder all the same, and cannot be done before the other has looked.
        build.Hold();
        if (build.HasExited)
        {
            // It was done before: that is no fault of it.
            await SoakRun.EndsWellAsync(build);
            return;
        }

        using var second = run.Start(run.Random.Next(2) == 0 ? "--resume" : "--overwrite");
        var refused = await second.WaitAsync();
        build.GoOn();
        var result = await build.WaitAsync();
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.True(refused.ExitCode == 2, refused.ToString());
        Assert.Contains("is being built by another process", refused.Errors, StringComparison.Ordinal);
    }
}
