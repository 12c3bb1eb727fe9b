using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Engine.Tests.Snapshots;

/// <summary>A snapshot of the first format, as it was written once, must be read for ever.</summary>
public sealed class FormatTests
{
    private const string Id = "16c7a329e3392b6692f0d3339d7bc57c";

    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Snapshots", "format-1");

    [Fact]
    public void A_snapshot_of_format_1_opens_with_its_id()
    {
        using var snapshot = MappedSnapshot.Open(s_folder);
        Assert.Equal(Id, snapshot.Id);
        Assert.Equal(Id, SnapshotContent.Id(snapshot.Manifest));
        Assert.Equal(new Placement(2, 2), snapshot.Placement);
        Assert.Equal("user", snapshot.Catalog.EntityName);
        Assert.Equal("Asia/Tokyo", snapshot.Catalog.Calendar.Zone.Id);
        Assert.Equal(["opens", "rides"], snapshot.Catalog.Sources.Select(source => source.Name));
        Assert.Equal("2160min", snapshot.Catalog.Sources[1].SettlesWithin?.NormalForm);
        Assert.Equal(1_711_897_200_000_000, snapshot.CompleteUntil(0));
    }

    [Fact]
    public void The_manifest_reads_and_writes_to_the_same_bytes()
    {
        var manifest = ManifestFiles.Read(s_folder, Id);
        Assert.Equal(File.ReadAllBytes(ManifestFiles.SnapshotPath(s_folder, Id)), ManifestFiles.Format(manifest));
        Assert.Equal(File.ReadAllBytes(ManifestFiles.CurrentPath(s_folder)), ManifestFiles.FormatCurrent(Id));
    }

    [Fact]
    public void Its_events_are_what_was_written()
    {
        using var snapshot = MappedSnapshot.Open(s_folder);
        var slice = snapshot.Slice(snapshot.Placement.SliceOf(EntityKey.Of("1").Hash));
        var entity = slice.Keys.BinarySearch(EntityKey.Of("1"));
        var opens = slice.Source(0);
        Assert.Equal(2, opens.Offsets[entity + 1] - opens.Offsets[entity]);
        Assert.Equal([18_689, 19_785], opens.Column(0).Values<int>()[opens.Offsets[entity]..opens.Offsets[entity + 1]].ToArray());
        Assert.Equal(1_614_697_200_000_000, opens.Times[opens.Offsets[entity]]);

        // Two rides of one instant: the order of the input, the second with nulls and known only in April.
        var rides = slice.Source(1);
        var first = rides.Offsets[entity];
        Assert.Equal(2, rides.Offsets[entity + 1] - first);
        Assert.Equal([1200L, -5L], rides.Column(2).Values<long>().Slice(first, 2).ToArray());
        Assert.Equal([3.5, 0.0], rides.Column(3).Values<double>().Slice(first, 2).ToArray());
        Assert.Equal("Shibuya", rides.Column(4).Dictionary!.Text(rides.Column(4).Values<int>()[first]));
        Assert.False(rides.Column(4).IsValid(first + 1));
        Assert.False(Bitmap.Get(rides.Column(5).Data.Span, first));
        Assert.Equal([19_786, 19_782], rides.Column(6).Values<int>().Slice(first, 2).ToArray());
        var calendar = snapshot.Catalog.Calendar;
        Assert.Equal(["2024-03-11", "2024-04-08"], rides.FirstCutoffs.Slice(first, 2).ToArray().Select(calendar.Format));
        Assert.Equal("2021-03-08", calendar.Format(slice.FirstCutoffs[entity]));
    }

    [Fact]
    public void Every_entity_lies_in_the_slice_of_its_hash()
    {
        using var snapshot = MappedSnapshot.Open(s_folder);
        var keys = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            var id = new SliceId(i / 2, i % 2);
            var slice = snapshot.Slice(id);
            Assert.Equal(snapshot.EntityCount(id), slice.EntityCount);
            for (var entity = 0; entity < slice.EntityCount; entity++)
            {
                Assert.Equal(id, snapshot.Placement.SliceOf(slice.Keys[entity].Hash));
                keys.Add(slice.Keys[entity].ToString());
            }
        }

        Assert.Equal(["1", "10", "2", "3"], keys.Order(StringComparer.Ordinal));
    }
}
