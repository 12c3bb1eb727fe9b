using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Snapshots;
using FeatureService.Testing;

namespace FeatureService.Engine.Tests.Oracle;

public sealed class MemorySnapshotTests
{
    private const long Day = 86_400_000_000;

    [Fact]
    public void Events_are_sorted_by_entity_and_time_and_ties_keep_their_position()
    {
        var source = Catalogs.Source("a", ("x", ColumnType.Int64));
        EventRow[] rows =
        [
            EventRow.Of(2, 5L, 1L), EventRow.Of(1, 9L, 2L), EventRow.Of(1, 3L, 3L), EventRow.Of(1, 3L, null), EventRow.Of(1, null, 4L),
        ];
        var slice = new MemorySnapshot(Catalogs.Of("UTC", source), new Placement(1, 1), [rows]).Slice(new SliceId(0, 0));
        var events = slice.Source(0);
        Assert.Equal([1, 2], slice.Keys.Numbers.ToArray());
        Assert.Equal([0, 3, 4], events.Offsets.ToArray());
        Assert.Equal([3, 3, 9, 5], events.Times.ToArray());
        Assert.Equal([3, 0, 2, 1], events.Column(1).Values<long>().ToArray());
        Assert.Equal([true, false, true, true], Enumerable.Range(0, 4).Select(events.Column(1).IsValid));
    }

    [Fact]
    public void The_first_cutoff_lies_strictly_after_time_and_availability()
    {
        var source = Catalogs.Source("a", ("known", ColumnType.Timestamp)) with { AvailableColumn = 1 };
        // Week 0 starts on Monday, 1969-12-29; week 1 on 1970-01-05.
        EventRow[] rows =
        [
            EventRow.Of(1, 0L, 0L), EventRow.Of(1, 1L, (4 * Day) - 1), EventRow.Of(1, 2L, 4 * Day),
            EventRow.Of(1, 4 * Day, 0L), EventRow.Of(1, 4 * Day, null),
        ];
        var slice = new MemorySnapshot(Catalogs.Of("UTC", source), new Placement(1, 1), [rows]).Slice(new SliceId(0, 0));
        Assert.Equal([1, 1, 2, 2, SourceEvents.Never], slice.Source(0).FirstCutoffs.ToArray());
        Assert.Equal([1], slice.FirstCutoffs.ToArray());
    }

    [Fact]
    public void Every_entity_lies_in_the_slice_of_its_hash_and_in_all_sources_of_it()
    {
        var catalog = Catalogs.Of("UTC", Catalogs.Source("a"), Catalogs.Source("b", ("s", ColumnType.String)));
        var a = Enumerable.Range(0, 100).Select(key => EventRow.Of(key, (long)key)).ToArray();
        var b = Enumerable.Range(50, 100).Select(key => EventRow.Of(key, (long)key, $"s{key % 3}")).ToArray();
        var snapshot = new MemorySnapshot(catalog, new Placement(4, 2), [a, b]);
        var keys = 0;
        foreach (var id in snapshot.Slices)
        {
            var slice = snapshot.Slice(id);
            keys += slice.EntityCount;
            for (var i = 0; i < slice.EntityCount; i++)
            {
                Assert.Equal(id, snapshot.Placement.SliceOf(slice.Keys[i].Hash));
                foreach (var source in new[] { slice.Source(0), slice.Source(1) })
                {
                    for (var e = source.Offsets[i]; e < source.Offsets[i + 1]; e++)
                    {
                        Assert.Equal(slice.Keys[i].Number, source.Times[e]);
                    }
                }
            }
        }

        Assert.Equal(150, keys);
        Assert.Equal((99, 149), (snapshot.CompleteUntil(0), snapshot.CompleteUntil(1)));
    }
}
