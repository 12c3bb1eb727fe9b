using FeatureService.Engine.Definitions;
using FeatureService.Engine.Snapshots;
using FeatureService.Testing;

namespace FeatureService.Ingest.Tests;

public sealed class GoldenTests
{
    [Fact]
    public void The_id_of_one_content_is_the_same_for_ever()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(AppContext.BaseDirectory, "Golden", "catalog.yaml");
        var catalog = CatalogReader.Read(File.ReadAllText(path), path).Catalog!;
        var options = new SnapshotBuildOptions { OutputFolder = folder["out"], Partitions = 2, SlicesPerPartition = 2 };
        var report = SnapshotBuilder.Build(catalog, options, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal("16c7a329e3392b6692f0d3339d7bc57c", report.SnapshotId);
        Assert.Equal(report.SnapshotId, SnapshotContent.Id(ManifestFiles.Read(folder["out"], report.SnapshotId)));
    }

    [Fact]
    public void The_id_of_facts_without_time_is_the_same_for_ever()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(AppContext.BaseDirectory, "Golden", "facts.yaml");
        var catalog = CatalogReader.Read(File.ReadAllText(path), path).Catalog!;
        var options = new SnapshotBuildOptions { OutputFolder = folder["out"], Partitions = 2, SlicesPerPartition = 2 };
        var report = SnapshotBuilder.Build(catalog, options, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal("c32a71536344793a3aa2fcc13be2bf8f", report.SnapshotId);
    }
}
