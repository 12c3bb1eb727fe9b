using FeatureService.Client.Datasets;
using FeatureService.Testing;
using ParquetSharp;

namespace FeatureService.Cli.Tests;

/// <summary><c>dataset build --spine</c>.</summary>
public sealed class SpineTests(SmallSnapshot data) : IClassFixture<SmallSnapshot>
{
    [Fact]
    public async Task Random_rows_have_the_values_of_the_grid()
    {
        using var folder = new TempFolder();
        Assert.Equal(0, (await RunAsync("--weeks", "2023-W40..2024-W20", "--entities", string.Join(',', Enumerable.Range(0, 45)), "--out", folder["grid.csv"])).Code);
        var grid = File.ReadLines(folder["grid.csv"]).Skip(1).ToDictionary(line => string.Join(',', line.Split(',')[..2]), line => line.Split(',', 3)[2]);
        var random = new Random(20_240_304);
        for (var run = 0; run < 5; run++)
        {
            string[] rows = [.. Enumerable.Range(0, random.Next(1, 400)).Select(_ => $"{random.Next(45)},{new DateOnly(2023, 10, 2).AddDays(7 * random.Next(33)):yyyy-MM-dd}")];
            folder.Write("rows.csv", "user_id,week,number\n" + string.Concat(rows.Select((row, i) => $"{row},{i}\n")));
            Assert.Equal(0, (await RunAsync("--spine", folder["rows.csv"], "--out", folder["set.csv"], "--overwrite")).Code);
            Assert.Equal(rows.Select((row, i) => $"{row},{i},{grid[row]}"), File.ReadLines(folder["set.csv"]).Skip(1));
        }
    }

    [Fact]
    public async Task Parquet_and_csv_spines_and_datasets_have_one_content_hash()
    {
        using var folder = new TempFolder();
        WriteParquet(folder["rows.parquet"]);
        folder.Write("rows.csv", "note,user_id,week,score\na,5,2024-03-04,0.5\n,7,2024-W11,\n\"x,y\",5,2024-03-04,1.25\n");
        string[][] ways =
        [
            ["--spine", folder["rows.csv"], "--out", folder["a.csv"]],
            ["--spine", folder["rows.parquet"], "--out", folder["b.parquet"]],
            ["--spine", folder["rows.parquet"], "--out", folder["c"]],
        ];
        foreach (var way in ways)
        {
            var result = await RunAsync(way);
            Assert.True(result.Code == 0, result.Error);
        }

        string[] manifests = [folder["a.csv.manifest.json"], folder["b.parquet.manifest.json"], folder["c/_manifest.json"]];
        Assert.Single(manifests.Select(m => DatasetManifest.Read(m).ContentHash).Distinct());
        Assert.Single(manifests.Select(m => DatasetManifest.Read(m).Spine!.ContentHash).Distinct());
        var lines = File.ReadAllLines(folder["a.csv"]);
        Assert.Equal("user_id,week,note,score,rides_4w,fare_4w,mean_km,last_city,rides_next,row_status", lines[0]);
        Assert.Equal(["5,2024-03-04,a,0.5", "7,2024-03-11,,", "5,2024-03-04,\"x,y\",1.25"], lines.Skip(1).Select((l, i) => l[..new[] { 18, 14, 23 }[i]]));
        using var reader = new ParquetFileReader(folder["b.parquet"]);
        using var group = reader.RowGroup(0);
        using var scores = group.Column(3).LogicalReader<double?>();
        Assert.Equal([0.5, null, 1.25], scores.ReadAll(3));
    }

    [Fact]
    public async Task Narrow_keys_widen_and_unknown_entities_have_no_history()
    {
        using var folder = new TempFolder();
        using (var writer = new ParquetFileWriter(folder["rows.parquet"], [new Column<int>("user_id"), new Column<string>("week"), new Column<float>("score")]))
        {
            using var group = writer.AppendRowGroup();
            using (var keys = group.NextColumn().LogicalWriter<int>())
            {
                keys.WriteBatch([1_000_000, -3]);
            }

            using (var weeks = group.NextColumn().LogicalWriter<string>())
            {
                weeks.WriteBatch(["2024-W10", "2024-03-11"]);
            }

            using (var scores = group.NextColumn().LogicalWriter<float>())
            {
                scores.WriteBatch([0.1f, float.NaN]);
            }

            writer.Close();
        }

        Assert.Equal(0, (await RunAsync("--spine", folder["rows.parquet"], "--out", folder["set.csv"])).Code);
        Assert.Equal(["1000000,2024-03-04,0.1,0,,,,0,no_history", "-3,2024-03-11,NaN,0,,,,0,no_history"], File.ReadLines(folder["set.csv"]).Skip(1));
        Assert.Equal("float32", DatasetManifest.Read(folder["set.csv.manifest.json"]).Columns[2].Type);
    }

    [Fact]
    public async Task Keys_that_are_texts_stay_as_they_are_written()
    {
        using var folder = new TempFolder();
        var catalog = folder.Write("catalog.yaml", """
            entity: {name: card, type: string}
            sources:
              rides: {files: rides.csv, time: at, columns: {at: timestamp}}
            """);
        folder.Write("rides.csv", "card,at\n007,2024-03-01\n007,2024-03-02\n7,2024-03-02\né,2024-02-20\n");
        Assert.Equal(0, (await Featurectl.RunAsync("snapshot", "build", "--catalog", catalog, "--out", folder["snapshot"])).Code);
        folder.Write("rows.csv", "card,week,n\n7,2024-W10,1\n007,2024-W10,2\né,2024-W10,3\nnobody,2024-W10,4\n007,2024-W10,5\n");
        var result = await Featurectl.RunAsync(
            "dataset", "build", "--snapshot", folder["snapshot"], "--feature", "rides=count(rides) over 4w", "--spine", folder["rows.csv"], "--out", folder["set.csv"]);
        Assert.True(result.Code == 0, result.Error);
        Assert.Equal(
            ["7,2024-03-04,1,1", "007,2024-03-04,2,2", "é,2024-03-04,3,1", "nobody,2024-03-04,4,0", "007,2024-03-04,5,2"],
            File.ReadLines(folder["set.csv"]).Skip(1).Select(line => line[..line.LastIndexOf(',')]));
    }

    [Fact]
    public async Task Instants_are_mapped_to_weeks_and_the_summary_tells_the_distances()
    {
        using var folder = new TempFolder();
        folder.Write("rows.csv", "user_id,at\n5,2024-03-05 06:00\n6,2024-03-04T00:00:01Z\n7,2024-03-10 23:59:59.5\n");
        var result = await RunAsync("--spine", folder["rows.csv"], "--spine-time", "at", "--out", folder["set.csv"]);
        Assert.True(result.Code == 0, result.Error);
        Assert.Equal(
            "at lies behind its week's cutoff by 0d 00:00:01 at least, 1d 06:00:00 at the median, 6d 23:59:59 at most",
            result.OutputLines[1]);
        Assert.Equal(
            ["5,2024-03-04,2024-03-05T06:00:00Z", "6,2024-03-04,2024-03-04T00:00:01Z", "7,2024-03-04,2024-03-10T23:59:59.500000Z"],
            File.ReadLines(folder["set.csv"]).Skip(1).Select(line => string.Join(',', line.Split(',')[..3])));
    }

    [Fact]
    public async Task A_spine_without_rows_is_a_dataset_without_rows()
    {
        using var folder = new TempFolder();
        folder.Write("rows.csv", "user_id,week\n");
        Assert.Equal(0, (await RunAsync("--spine", folder["rows.csv"], "--out", folder["set.parquet"])).Code);
        using var reader = new ParquetFileReader(folder["set.parquet"]);
        Assert.Equal(0, reader.FileMetaData.NumRows);
    }

    [Fact]
    public async Task A_population_does_not_decide_about_the_rows_of_a_spine()
    {
        using var folder = new TempFolder();
        var view = folder.Write("few.view.yaml", "view: few\nfeatures:\n  rides: count(rides) over 4w\npopulation: count(rides) over 4w > 1000000\n");
        folder.Write("rows.csv", "user_id,week\n5,2024-03-04\n");
        Assert.Equal(0, (await RunAsync(view, "--spine", folder["rows.csv"], "--out", folder["set.csv"])).Code);
        Assert.Equal(2, File.ReadLines(folder["set.csv"]).Count());
        Assert.Equal(0, (await RunAsync(view, "--weeks", "2024-W10", "--entities", "5", "--out", folder["grid.csv"])).Code);
        Assert.Single(File.ReadLines(folder["grid.csv"]));
    }

    [Fact]
    public async Task A_resumed_build_refuses_a_spine_that_has_changed()
    {
        using var folder = new TempFolder();
        folder.Write("rows.csv", "user_id,week\n5,2024-03-04\n");
        Assert.Equal(0, (await RunAsync("--spine", folder["rows.csv"], "--out", folder["set"])).Code);
        Assert.Contains("already finished", (await RunAsync("--spine", folder["rows.csv"], "--out", folder["set"], "--resume")).Output, StringComparison.Ordinal);
        folder.Write("rows.csv", "user_id,week\n6,2024-03-04\n");
        var changed = await RunAsync("--spine", folder["rows.csv"], "--out", folder["set"], "--resume");
        Assert.Equal(2, changed.Code);
        Assert.Contains("spine: 1 rows, content hash", changed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cells_that_overflow_are_listed_in_the_order_of_the_spine_and_leave_no_manifest()
    {
        using var folder = new TempFolder();
        var view = folder.Write("big.view.yaml", "view: big\nfeatures:\n  big: sum(rides.fare * 9000000000000000) over 13w\n");
        folder.Write("rows.csv", "user_id,week\n39,2024-04-01\n5,2023-01-02\n3,2024-03-25\n");
        var result = await RunAsync(view, "--spine", folder["rows.csv"], "--out", folder["set"]);
        Assert.Equal(1, result.Code);
        Assert.Contains("for entity 39 in week 2024-04-01", result.ErrorLines[0], StringComparison.Ordinal);
        Assert.Contains("for entity 3 in week 2024-03-25", result.ErrorLines[1], StringComparison.Ordinal);
        Assert.Contains("there is no manifest", result.ErrorLines[^1], StringComparison.Ordinal);
        Assert.False(File.Exists(folder["set/_manifest.json"]));
    }

    [Theory]
    [InlineData("who,week\n5,2024-03-04\n", "there is no column 'user_id', the entity's: expected one of who, week")]
    [InlineData("user_id,weeks\n5,2024-03-04\n", "there is no column 'week', that of the weeks: did you mean 'weeks'?")]
    [InlineData("user_id,week\n5,2024-03-04\n6,2024-03-05\n", ":3: week '2024-03-05' starts no week")]
    [InlineData("user_id,week\n5,2023-W53\n", ":2: week '2023-W53' does not exist")]
    [InlineData("user_id,week\n,2024-03-04\n", ":2: user_id is null: expected an int64")]
    [InlineData("user_id,week\n5.5,2024-03-04\n", ":2: user_id is '5.5': expected an int64")]
    [InlineData("user_id,week\n5,\n", ":2: week is null: expected a week key")]
    [InlineData("user_id,week,Rides_4W\n5,2024-03-04,1\n", "the column 'Rides_4W' and the feature 'rides_4w' have one name, ignoring case")]
    [InlineData("user_id,week\n5,2024-03-04,7\n", ":2: '3 fields': expected 2 fields")]
    public async Task A_spine_that_is_wrong_is_told_with_its_place(string text, string message)
    {
        using var folder = new TempFolder();
        folder.Write("rows.csv", text);
        var result = await RunAsync("--spine", folder["rows.csv"], "--out", folder["set"]);
        Assert.Equal(2, result.Code);
        Assert.StartsWith($"featurectl: {folder["rows.csv"]}", result.ErrorLines[0], StringComparison.Ordinal);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.False(Path.Exists(folder["set"]));
    }

    [Theory]
    [InlineData("--spine FILE names each row: expected no --weeks beside it", "--spine", "x.csv", "--weeks", "2024-W10")]
    [InlineData("--spine FILE names each row: expected no --entities beside it", "--spine", "x.csv", "--entities", "5")]
    [InlineData("--spine FILE names each row: expected no --sample beside it", "--spine", "x.csv", "--sample", "5")]
    [InlineData("--spine FILE names each row: expected no --no-population beside it", "--spine", "x.csv", "--no-population")]
    [InlineData("--spine-time COLUMN goes with --spine FILE", "--weeks", "2024-W10", "--spine-time", "at")]
    [InlineData("expected --weeks FROM..TO, or --spine FILE", "--sample", "5")]
    [InlineData("--spine is empty", "--spine", "")]
    [InlineData("x.csv: there is no such file", "--spine", "x.csv")]
    [InlineData("x.xlsx: there is no such file", "--spine", "x.xlsx")]
    public async Task Arguments_that_contradict_each_other_are_refused(string message, params string[] args)
    {
        using var folder = new TempFolder();
        var result = await RunAsync([.. args, "--out", folder["set"]]);
        Assert.Equal(2, result.Code);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    private static void WriteParquet(string path)
    {
        using var writer = new ParquetFileWriter(
            path, [new Column<string>("note"), new Column<long>("user_id"), new Column<Date>("week"), new Column<double?>("score")]);
        using var group = writer.AppendRowGroup();
        using (var notes = group.NextColumn().LogicalWriter<string>())
        {
            notes.WriteBatch(["a", null!, "x,y"]);
        }

        using (var keys = group.NextColumn().LogicalWriter<long>())
        {
            keys.WriteBatch([5, 7, 5]);
        }

        using (var weeks = group.NextColumn().LogicalWriter<Date>())
        {
            weeks.WriteBatch([new Date(2024, 3, 4), new Date(2024, 3, 11), new Date(2024, 3, 4)]);
        }

        using (var scores = group.NextColumn().LogicalWriter<double?>())
        {
            scores.WriteBatch([0.5, null, 1.25]);
        }

        writer.Close();
    }

    private Task<CommandResult> RunAsync(params string[] args) => args[0].EndsWith(".yaml", StringComparison.Ordinal)
        ? Featurectl.RunAsync(["dataset", "build", "--snapshot", data.Snapshot, "--file", .. args])
        : Featurectl.RunAsync(["dataset", "build", "--snapshot", data.Snapshot, "--file", data.ViewFile, .. args]);
}
