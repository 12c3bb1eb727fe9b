using FeatureService.Engine.Snapshots;
using FeatureService.Testing;

namespace FeatureService.Ingest.Tests;

public sealed class FolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public FolderTests() => _folder.Write("e.csv", "user_id,at,x\n1,2024-01-01,1\n2,2024-01-02,2\n");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_second_build_adds_its_snapshot_and_becomes_the_current_one()
    {
        var first = Builds.Build(_folder, Builds.Catalog("e.csv")).SnapshotId;
        using var open = MappedSnapshot.Open(_folder["out"]);
        var before = SnapshotAssert.Lines(open, default);
        _folder.Write("e.csv", "user_id,at,x\n1,2024-01-01,3\n");
        var second = Builds.Build(_folder, Builds.Catalog("e.csv")).SnapshotId;
        Assert.NotEqual(first, second);
        Assert.Equal(second, ManifestFiles.ReadCurrent(_folder["out"]));
        using var pinned = MappedSnapshot.Open(_folder["out"], first);
        Assert.Equal(before, SnapshotAssert.Lines(pinned, default));
        Assert.Equal(before, SnapshotAssert.Lines(open, default));
    }

    [Fact]
    public void Building_the_same_again_changes_nothing_but_what_is_current()
    {
        var first = Builds.Build(_folder, Builds.Catalog("e.csv")).SnapshotId;
        var segment = Directory.GetFiles(_folder["out"], "*.arrow", SearchOption.AllDirectories).Single();
        var written = File.GetLastWriteTimeUtc(segment);
        File.WriteAllBytes(ManifestFiles.CurrentPath(_folder["out"]), ManifestFiles.FormatCurrent(new string('0', 32)));
        Assert.Equal(first, Builds.Build(_folder, Builds.Catalog("e.csv")).SnapshotId);
        Assert.Equal(first, ManifestFiles.ReadCurrent(_folder["out"]));
        Assert.Equal(written, File.GetLastWriteTimeUtc(segment));
        Assert.Empty(Leftovers());
    }

    [Fact]
    public void Building_the_same_again_mends_a_damaged_snapshot()
    {
        Builds.Build(_folder, Builds.Catalog("e.csv"));
        File.WriteAllText(Directory.GetFiles(_folder["out"], "*.arrow", SearchOption.AllDirectories).Single(), "damaged");
        Builds.Build(_folder, Builds.Catalog("e.csv"));
        Assert.Equal(4, Builds.Lines(_folder).Count);
    }

    [Theory]
    [InlineData(BuildStage.Reading)]
    [InlineData(BuildStage.Sorting)]
    [InlineData(BuildStage.Writing)]
    public void A_cancelled_build_leaves_the_folder_as_it_was(BuildStage stage)
    {
        var first = Builds.Build(_folder, Builds.Catalog("e.csv")).SnapshotId;
        var before = Directory.GetFileSystemEntries(_folder["out"], "*", SearchOption.AllDirectories).Order();
        _folder.Write("e.csv", "user_id,at,x\n9,2024-01-01,3\n");
        using var stop = new CancellationTokenSource();
        var progress = new Told(told =>
        {
            if (told.Stage == stage)
            {
                stop.Cancel();
            }
        });
        var options = new SnapshotBuildOptions { OutputFolder = _folder["out"] };
        Assert.ThrowsAny<OperationCanceledException>(() => SnapshotBuilder.Build(Inputs.Catalog(_folder, Builds.Catalog("e.csv")), options, progress, stop.Token));
        Assert.Equal(before, Directory.GetFileSystemEntries(_folder["out"], "*", SearchOption.AllDirectories).Order());
        Assert.Equal(first, ManifestFiles.ReadCurrent(_folder["out"]));
    }

    [Fact]
    public void What_a_killed_build_left_is_removed_by_the_next()
    {
        // A kill before publishing leaves the temporary folder, one after it segments without a manifest.
        _folder.Write("out/.building-0123/00-0000.arrow", "half");
        _folder.Write("out/.building-4567", "half a manifest");
        Assert.Throws<SnapshotNotFoundException>(() => MappedSnapshot.Open(_folder["out"]));
        var id = Builds.Build(_folder, Builds.Catalog("e.csv")).SnapshotId;
        Assert.Empty(Leftovers());
        Directory.Delete(_folder["out/snapshots"], recursive: true);
        File.WriteAllText(_folder[$"out/segments/{id}/00-0000.arrow"], "half");
        Builds.Build(_folder, Builds.Catalog("e.csv"));
        Assert.Equal(4, Builds.Lines(_folder).Count);
    }

    [Fact]
    public void Two_builds_at_once_into_one_folder_are_refused()
    {
        InputException? second = null;
        var progress = new Told(told =>
        {
            if (told.Stage == BuildStage.Writing)
            {
                second ??= Record.Exception(() => Builds.Build(_folder, Builds.Catalog("e.csv"))) as InputException;
            }
        });
        var options = new SnapshotBuildOptions { OutputFolder = _folder["out"], Partitions = 1 };
        SnapshotBuilder.Build(Inputs.Catalog(_folder, Builds.Catalog("e.csv")), options, progress, TestContext.Current.CancellationToken);
        Assert.Contains("another build is writing there", second?.Message, StringComparison.Ordinal);
        Assert.Equal(4, Builds.Lines(_folder).Count);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_told()
    {
        _folder.Write("file", "");
        var options = new SnapshotBuildOptions { OutputFolder = _folder["file/out"] };
        var error = Assert.ThrowsAny<IOException>(() => SnapshotBuilder.Build(
            Inputs.Catalog(_folder, Builds.Catalog("e.csv")), options, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains(_folder["file"], error.Message, StringComparison.Ordinal);
    }

    private string[] Leftovers() => Directory.GetFileSystemEntries(_folder["out"], ".building-*");

    private sealed class Told(Action<BuildProgress> tell) : IProgress<BuildProgress>
    {
        public void Report(BuildProgress value) => tell(value);
    }
}
