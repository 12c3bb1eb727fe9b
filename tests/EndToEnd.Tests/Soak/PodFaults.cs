namespace FeatureService.EndToEnd.Tests.Soak;

/// <summary>Faults of services.</summary>
internal static class PodFaults
{
    public static async Task KillOneAsync(SoakRun run)
    {
        using var build = run.Start();
        await run.MomentAsync(build);
        run.Fleet.Kill(run.Random.Next(run.Fleet.Count));
        await SoakRun.EndsWellAsync(build);
    }

    public static async Task KillAllInTurnAsync(SoakRun run)
    {
        using var build = run.Start();
        for (var pod = 0; pod < run.Fleet.Count; pod++)
        {
            await run.MomentAsync(build, pod * 20, (pod + 1) * 20);
            run.Fleet.Kill(pod);
            await run.Fleet.StartAsync(pod);
        }

        await SoakRun.EndsWellAsync(build);
    }

    public static async Task RestartAllInTurnAsync(SoakRun run)
    {
        using var build = run.Start();
        await run.MomentAsync(build, 0, 20);
        for (var pod = 0; pod < run.Fleet.Count; pod++)
        {
            await run.Fleet.DrainAsync(pod);
            await run.Fleet.StartAsync(pod);
        }

        await SoakRun.EndsWellAsync(build);
    }

    /// <summary>It neither answers nor breaks a connection until the build is over without it.</summary>
    public static async Task StopOneAsync(SoakRun run)
    {
        var pod = run.Random.Next(run.Fleet.Count);
        using var build = run.Start();
        await run.MomentAsync(build, 0, 40);
        run.Fleet.Hold(pod);
        try
        {
            await SoakRun.EndsWellAsync(build);
        }
        finally
        {
            run.Fleet.GoOn(pod);
        }
    }

    /// <summary>It must get its share: the others are gone by then.</summary>
    public static async Task StartLateAsync(SoakRun run)
    {
        var late = run.Random.Next(run.Fleet.Count);
        run.Fleet.Kill(late);
        using var build = run.Start();
        await run.MomentAsync(build, 1, 30);
        await run.Fleet.StartAsync(late);
        for (var pod = 0; pod < run.Fleet.Count; pod++)
        {
            if (pod != late)
            {
                run.Fleet.Kill(pod);
            }
        }

        await SoakRun.EndsWellAsync(build);
    }
}
