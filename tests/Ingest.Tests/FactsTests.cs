using System.IO.Compression;
using System.Text;
using FeatureService.Core.Keys;
using FeatureService.Engine.Snapshots;
using FeatureService.Testing;
using ZstdSharp;

namespace FeatureService.Ingest.Tests;

/// <summary>Sources with <c>time: always</c>.</summary>
public sealed class FactsTests : IDisposable
{
    private const string Rows = "user_id,city,born\n2,Kobe,1990\n1,Nara,\n7,,1985\n";
    private static readonly long?[] s_born = [null, 1990, 1985];

    private readonly TempFolder _folder = new();

    public FactsTests() => _folder.Write("e.csv", "user_id,at\n1,2024-01-01\n2,2024-01-09\n");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Facts_are_rows_of_entities_that_every_cutoff_sees_and_that_are_no_history()
    {
        _folder.Write("users.csv", Rows);
        var report = Build(Catalog("users.csv"));
        Assert.Equal((3, 2, 3), (report.EntityCount, report.EventCount, report.Sources[1].EventCount));
        using var snapshot = MappedSnapshot.Open(_folder["out"]);
        var slice = snapshot.Slice(default);
        var facts = slice.Source(1);
        Assert.Equal([1, 2, 7], slice.Keys.Numbers.ToArray());
        Assert.Equal(SourceEvents.Never, slice.FirstCutoffs[2]);
        Assert.Equal(slice.Source(0).FirstCutoffs.ToArray(), slice.FirstCutoffs[..2].ToArray());
        Assert.Equal([0, 1, 2, 3], facts.Offsets.ToArray());
        Assert.All(facts.Times.ToArray(), time => Assert.Equal(SourceEvents.BeforeAllTime, time));
        Assert.All(facts.FirstCutoffs.ToArray(), week => Assert.Equal(SourceEvents.Ever, week));
        Assert.Equal((3, 3), (facts.Times.Length, facts.FirstCutoffs.Length));
        Assert.Equal(s_born, Enumerable.Range(0, 3).Select(e => facts.Column(1).IsValid(e) ? facts.Column(1).Values<long>()[e] : (long?)null));
        Assert.Equal((2, 2), (snapshot.EventCount, ((ISnapshot)new Unknowing(snapshot)).EventCount));
    }

    [Fact]
    public void The_first_cutoff_of_facts_lies_before_every_week_that_an_event_can_lie_in()
    {
        var weeks = Catalogs.Weeks("UTC");
        Assert.True(SourceEvents.Ever < weeks.WeekOfDay(Core.Calendar.WeekCalendar.DayNumber(DateOnly.MinValue)));
        Assert.True(SourceEvents.Ever < weeks.WeekMin);
    }

    [Fact]
    public void Facts_are_always_whole_whatever_the_catalog_says()
    {
        _folder.Write("users.csv", Rows);
        Build(Catalog("users.csv") + "complete_until: 2024-02-01\n");
        using var snapshot = MappedSnapshot.Open(_folder["out"]);
        Assert.Equal(long.MaxValue, snapshot.CompleteUntil(1));
        Assert.True(snapshot.CompleteUntil(0) < long.MaxValue);
    }

    [Fact]
    public void Second_rows_of_an_entity_fail_the_build_with_the_places_of_both()
    {
        _folder.Write("a.csv", "user_id,city\n1,Nara\n2,Kobe\n1,Otsu\n");
        _folder.Write("b.ndjson", "{\"user_id\":3,\"city\":\"Kobe\"}\n\n{\"user_id\":2,\"city\":\"Kobe\"}\n{\"user_id\":1}\n");
        Assert.Equal(
            [
                "source users: 3 rows of entities that have a row already: expected one row per entity, as time is 'always'; the first:",
                $"{_folder["a.csv"]}:4: another row of user_id 1, whose first is {_folder["a.csv"]}:2",
                $"{_folder["b.ndjson"]}:3: another row of user_id 2, whose first is {_folder["a.csv"]}:3",
                $"{_folder["b.ndjson"]}:4: another row of user_id 1, whose first is {_folder["a.csv"]}:2",
            ],
            Builds.Refused(_folder, Catalog("[a.csv, b.ndjson]"), options => options with { MaxBadRows = 100 }));
    }

    [Fact]
    public void The_first_ten_second_rows_are_told()
    {
        _folder.Write("users.csv", "user_id,city\n" + string.Concat(Enumerable.Range(0, 30).Select(i => $"{i % 15},Nara\n")));
        var messages = Builds.Refused(_folder, Catalog("users.csv"));
        Assert.StartsWith("source users: 15 rows of entities", messages[0], StringComparison.Ordinal);
        Assert.Equal(11, messages.Length);
        Assert.Equal($"{_folder["users.csv"]}:26: another row of user_id 9, whose first is {_folder["users.csv"]}:11", messages[10]);
    }

    [Fact]
    public void A_second_row_is_told_by_the_texts_of_keys_and_the_rows_of_Parquet()
    {
        var source = Catalogs.Facts("users", ("city", Core.Columns.ColumnType.String));
        EventRow[] rows = [.. new[] { "a,b", "c", "a,b" }.Select(key => new EventRow(EntityKey.Of(key), "Nara"))];
        Inputs.WriteParquet(_folder["users.parquet"], "user_id", source, EntityKeyType.String, rows, 2);
        _folder.Write("e.csv", "user_id,at\n");
        var yaml = Catalog("users.parquet").Replace("type: int64}", "type: string}", StringComparison.Ordinal);
        Assert.Equal(
            $"{_folder["users.parquet"]}:3: another row of user_id a,b, whose first is {_folder["users.parquet"]}:1", Builds.Refused(_folder, yaml)[1]);
    }

    [Fact]
    public void Rows_that_are_left_out_are_counted_and_are_no_second_rows()
    {
        _folder.Write("users.csv", "user_id,city,born\n1,Nara,1990\n,Kobe,1991\n1,Kobe,soon\n");
        var yaml = Catalog("users.csv", "columns: {city: string, born: int64}");
        Assert.Equal($"{_folder["users.csv"]}:4: 'soon' in column born: expected int64", Builds.Refused(_folder, yaml)[1]);
        var users = Build(yaml, options => options with { MaxBadRows = 1 }).Sources[1];
        Assert.Equal((1, 1, 0, 1), (users.EventCount, users.WithoutEntity, users.WithoutTime, users.BadCount));
        Assert.True(users.Always);
    }

    [Fact]
    public void Every_format_compressed_or_not_and_folders_that_name_columns_give_one_snapshot()
    {
        _folder.Write("users.csv", Rows);
        var expected = Id("users.csv");
        var objects = "{\"user_id\":2,\"city\":\"Kobe\",\"born\":1990}\n{\"user_id\":1,\"city\":\"Nara\"}\n{\"user_id\":7,\"city\":null,\"born\":1985}\n";
        _folder.Write("users.ndjson", objects);
        Compress("users.csv.gz", Rows, stream => new GZipStream(stream, CompressionLevel.Fastest));
        Compress("users.csv.zst", Rows, stream => new CompressionStream(stream, leaveOpen: true));
        Compress("users.ndjson.gz", objects, stream => new GZipStream(stream, CompressionLevel.Fastest));
        Inputs.WriteParquet(
            _folder["users.parquet"],
            "user_id",
            Catalogs.Facts("users", ("city", Core.Columns.ColumnType.String), ("born", Core.Columns.ColumnType.Int64)),
            EntityKeyType.Int64,
            [EventRow.Of(7, null, 1985L), EventRow.Of(2, "Kobe", 1990L), EventRow.Of(1, "Nara", null)],
            2);
        _folder.Write("by/city=Kobe/a.csv", "user_id,born\n2,1990\n");
        _folder.Write("by/city=Nara/a.ndjson", "{\"user_id\":1,\"born\":null}\n");
        _folder.Write("by/city=__HIVE_DEFAULT_PARTITION__/a.csv", "user_id,born\n7,1985\n");
        string[] inputs = ["users.csv.gz", "users.csv.zst", "users.ndjson", "users.ndjson.gz", "users.parquet", "'by/*/*'"];
        Assert.All(inputs, files => Assert.Equal(expected, Id(files)));
        _folder.Write("users.csv", Rows.Replace("1985", "1986", StringComparison.Ordinal));
        Assert.NotEqual(expected, Id("users.csv"));

        string Id(string files) => Build(Catalog(files, "columns: {city: string, born: int64}")).SnapshotId;
    }

    [Fact]
    public void A_slice_has_one_digest_of_its_facts()
    {
        _folder.Write("users.csv", Rows);
        Build(Catalog("users.csv"), options => options with { Partitions = 2, SlicesPerPartition = 2 });
        using var snapshot = MappedSnapshot.Open(_folder["out"]);
        var digests = snapshot.Manifest.Digests[1];
        Assert.Equal([0], digests.Periods);
        Assert.Equal(4 * EventDigest.DigestBytes, digests.Values.Length);
    }

    [Fact]
    public void Partitions_are_as_many_as_the_events_need_without_facts()
    {
        _folder.Write("users.csv", Rows);
        var report = Build(Catalog("users.csv"), options => options with { Partitions = null, SlicesPerPartition = null });
        Assert.Equal(PlacementRule.For(2, 3), new Placement(report.Partitions, report.SlicesPerPartition));
    }

    [Fact]
    public void A_list_of_keys_alone_makes_entities()
    {
        _folder.Write("users.csv", "user_id\n9\n1\n");
        Build(Catalog("users.csv"));
        using var snapshot = MappedSnapshot.Open(_folder["out"]);
        var slice = snapshot.Slice(default);
        Assert.Equal([1, 2, 9], slice.Keys.Numbers.ToArray());
        Assert.Equal([0, 1, 1, 2], slice.Source(1).Offsets.ToArray());
    }

    [Fact]
    public void Facts_alone_make_a_snapshot_without_events()
    {
        _folder.Write("users.csv", Rows);
        _folder.Write("e.csv", "user_id,at\n");
        var report = Build(Catalog("users.csv"));
        Assert.Equal((3, 0), (report.EntityCount, report.EventCount));
        using var snapshot = MappedSnapshot.Open(_folder["out"]);
        Assert.All(snapshot.Slice(default).FirstCutoffs.ToArray(), week => Assert.Equal(SourceEvents.Never, week));
    }

    private BuildReport Build(string yaml, Func<SnapshotBuildOptions, SnapshotBuildOptions>? change = null) => Builds.Build(_folder, yaml, change);

    private static string Catalog(string files, string more = "") => $"""
        entity: {"{name: user_id, type: int64}"}
        sources:
          e: {"{files: e.csv, time: at}"}
          users:
            files: {files}
            time: always
            {more}

        """;

    private void Compress(string name, string text, Func<Stream, Stream> compressor)
    {
        using var file = File.Create(_folder[name]);
        using var stream = compressor(file);
        stream.Write(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>A snapshot that does not know its number of events and has to add slices up.</summary>
    private sealed class Unknowing(ISnapshot inner) : ISnapshot
    {
        public string Id => inner.Id;

        public Engine.Definitions.Catalog Catalog => inner.Catalog;

        public Placement Placement => inner.Placement;

        public int EntityCount(SliceId slice) => inner.EntityCount(slice);

        public long CompleteUntil(int source) => inner.CompleteUntil(source);

        public SliceData Slice(SliceId slice) => inner.Slice(slice);
    }
}
