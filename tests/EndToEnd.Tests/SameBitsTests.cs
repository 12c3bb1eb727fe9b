using FeatureService.Testing;

namespace FeatureService.EndToEnd.Tests;

/// <summary>One dataset, however it was computed.</summary>
[Collection(TaxiWorld.Name)]
public sealed class SameBitsTests(TaxiWorld world)
{
    [Fact]
    public async Task Two_processes_over_tcp_give_the_dataset_of_one_inside_the_command()
    {
        using var folder = new TempFolder();
        using var first = await ServiceProcess.StartAsync(world.Snapshot, world.Views, "--workers", "1");
        using var second = await ServiceProcess.StartAsync(world.Snapshot, world.Views, "--workers", "3");
        var path = folder["dataset"];
        var result = await FeatureCtl.RunAsync(world.Build(path, first, second));
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(await world.ContentHashAsync(), Datasets.ContentHash(path));
    }

    [Fact]
    public async Task A_file_and_a_folder_and_csv_hold_the_same_values()
    {
        using var folder = new TempFolder();
        foreach (var name in new[] { "dataset.parquet", "dataset.csv" })
        {
            var path = folder[name];
            await FeatureCtl.SucceedAsync(world.LocalBuild(path));
            Assert.Equal(await world.ContentHashAsync(), Datasets.ContentHash(path));
        }
    }

    [Fact]
    public async Task The_view_of_the_whole_language_gives_what_the_naive_evaluator_gives()
    {
        using var folder = new TempFolder();
        using var service = await ServiceProcess.StartAsync(world.Snapshot, world.Views, "--verify", "100%", "--metrics", "http://127.0.0.1:0");
        var path = folder["habits.csv"];
        await FeatureCtl.SucceedAsync(
            "dataset", "build", "--view", "growth/ride_habits", "--sample", "40", "--weeks", "2022-W01..2024-W50/13", "--out", path, "--server", service.Address);

        var lines = await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);
        Assert.InRange(lines.Length, 100, 600);
        Assert.Contains("opens_weekly_8", lines[0], StringComparison.Ordinal);
        var log = service.Log;
        Assert.DoesNotContain("verified cell differs", log, StringComparison.Ordinal);
        Assert.Contains("features.v1.FeatureVectorsService/Backfill", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_prints_the_rows_of_the_dataset()
    {
        using var folder = new TempFolder();
        var path = folder["dataset.csv"];
        await FeatureCtl.SucceedAsync(world.LocalBuild(path));
        var lines = await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);
        var rows = lines.Skip(1).GroupBy(line => line.Split(',')[0]).First().ToList();
        var weeks = (First: rows[0].Split(',')[1], Last: rows[^1].Split(',')[1]);

        var got = await FeatureCtl.SucceedAsync(
            "get", "--view", "coupon_response", "--entities", rows[0].Split(',')[0], "--weeks", $"{weeks.First}..{weeks.Last}",
            "--format", "csv", "--snapshot", world.Snapshot, "--views", world.Views);

        Assert.Equal([lines[0], .. rows], got.Output.TrimEnd().Split('\n'));
    }
}
