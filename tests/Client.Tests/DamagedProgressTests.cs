using FeatureService.Client.Datasets;
using FeatureService.Client.Tests.Fake;
using FeatureService.Testing;
using Grpc.Core;

namespace FeatureService.Client.Tests;

/// <summary>A build's record whose bytes have changed: what it says of a part is never believed, and only those parts are done again.</summary>
public sealed class DamagedProgressTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_digit_that_has_changed_in_the_record_of_a_part_has_it_done_again()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        var first = await BrokenOffAsync(service, folder["set"]);
        var progress = folder["set/_progress.jsonl"];
        var lines = File.ReadAllLines(progress);
        // Still a line of JSON with a number of rows, and a file whose checksum fits.
        var changed = lines[1].Replace("\"rows\":", "\"rows\":9", StringComparison.Ordinal);
        Assert.NotEqual(lines[1], changed);
        File.WriteAllLines(progress, [lines[0], changed, .. lines[2..]]);

        var resumed = await BuildAsync(service, folder["set"], ExistingOutput.Resume);

        Assert.Equal((2, 1), (resumed.PartsResumed, resumed.PartsDamaged));
        Assert.Equal(first.ContentHash, resumed.Manifest.ContentHash);
        Assert.Equal(first.Rows, resumed.Manifest.Rows);
    }

    [Fact]
    public async Task Any_byte_of_any_line_is_noticed()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        await BrokenOffAsync(service, folder["set"]);
        var progress = folder["set/_progress.jsonl"];
        var bytes = File.ReadAllBytes(progress);
        var whole = ProgressLog.Read(progress)!;
        Assert.Equal((3, 0), (whole.Parts.Count, whole.DamagedCount));
        var firstLine = Array.IndexOf(bytes, (byte)'\n');
        for (var i = 0; i < bytes.Length - 1; i++)
        {
            var damaged = bytes.ToArray();
            damaged[i] ^= (byte)(1 << (i % 7));
            File.WriteAllBytes(progress, damaged);
            if (i <= firstLine)
            {
                var error = Assert.Throws<DatasetException>(() => ProgressLog.Read(progress));
                Assert.Contains("_progress.jsonl:1 is damaged", error.Message, StringComparison.Ordinal);
                continue;
            }

            var read = ProgressLog.Read(progress)!;
            Assert.True(read.DamagedCount > 0 && read.Parts.Count < 3, $"byte {i}");
            Assert.All(read.Parts, part => Assert.Contains(whole.Parts, good => good.Part == part.Part && good.Checksum == part.Checksum && good.Rows == part.Rows));
        }
    }

    [Fact]
    public async Task A_record_that_was_begun_before_lines_had_a_check_is_read()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        var first = await BrokenOffAsync(service, folder["set"]);
        var progress = folder["set/_progress.jsonl"];
        File.WriteAllLines(progress, File.ReadAllLines(progress).Select(line => CheckedLine.Read(line)!));

        var resumed = await BuildAsync(service, folder["set"], ExistingOutput.Resume);

        Assert.Equal((3, 0), (resumed.PartsResumed, resumed.PartsDamaged));
        Assert.Equal(first.ContentHash, resumed.Manifest.ContentHash);
        Assert.All(File.ReadAllLines(progress), line => Assert.NotNull(CheckedLine.Read(line)));
    }

    [Fact]
    public async Task Parts_that_are_damaged_or_gone_are_counted()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        await BrokenOffAsync(service, folder["set"]);
        File.Delete(folder["set/part-00000.csv"]);
        File.AppendAllText(folder["set/part-00001.csv"], "x");

        var resumed = await BuildAsync(service, folder["set"], ExistingOutput.Resume);

        Assert.Equal((1, 2), (resumed.PartsResumed, resumed.PartsDamaged));
    }

    /// <summary>A build that has finished three of four parts, and the manifest of the whole.</summary>
    private static async Task<DatasetManifest> BrokenOffAsync(FakeService service, string path)
    {
        var whole = await BuildAsync(service, path + "-whole", ExistingOutput.Refuse);
        var before = service.StreamCount;
        service.Script = stream => stream < before + 3
            ? new StreamScript()
            : new StreamScript { SliceCountMax = 0, Failure = new Status(StatusCode.Unavailable, "gone") };
        await DatasetBuilds.BreakOffAsync(service, path, new CsvFormat());
        service.Script = _ => new StreamScript();
        return whole.Manifest;
    }

    private static async Task<DatasetReport> BuildAsync(FakeService service, string path, ExistingOutput existing)
    {
        using var client = Clients.Of(o => o with { ShardsInFlightMax = 1 }, service);
        var options = new DatasetBuildOptions { Query = Clients.Query, Path = path, Format = new CsvFormat(), Existing = existing };
        return await new DatasetBuilder(client).BuildAsync(options, cancellation: Stop);
    }
}
