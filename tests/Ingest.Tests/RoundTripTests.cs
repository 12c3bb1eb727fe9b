using CsCheck;
using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Snapshots;
using FeatureService.Testing;
using FeatureService.Testing.Generators;

namespace FeatureService.Ingest.Tests;

public sealed class RoundTripTests
{
    private static readonly SnapshotBuildOptions s_options = new() { OutputFolder = "", AllowFuture = true };

    [Fact]
    public void A_snapshot_from_parquet_has_the_same_events_as_one_in_memory() =>
        CaseGen.Of(rowsMax: 40, depth: 1).Sample(testCase => Check(testCase, ".parquet"), iter: 60, threads: 1);

    [Fact]
    public void A_snapshot_from_csv_has_the_same_events_as_one_in_memory() =>
        CaseGen.Of(rowsMax: 40, depth: 1).Sample(testCase => Check(WithoutEmptyTexts(testCase), ".csv"), iter: 60, threads: 1);

    [Fact]
    public void Many_events_over_many_blocks_row_groups_and_partitions_keep_their_order()
    {
        var catalog = Catalogs.Taxi();
        EventRow[] opens = [.. Enumerable.Range(0, 30_000).Select(i => EventRow.Of(Key(i, 1), Time(i, 2)))];
        EventRow[] rides = [.. Enumerable.Range(0, 60_000).Select(i => EventRow.Of(
            Key(i, 3), Time(i, 4), i % 7 == 0 ? null : Time(i, 4) + 1000, (long)i, i * 0.25, $"area {i % 300}", i % 3 == 0, i % 10_000))];
        var testCase = new OracleCase(catalog, new Placement(4, 2), [opens, rides], [null, null], "", default);
        Check(testCase, ".parquet");
        Check(testCase, ".csv.gz");
    }

    [Fact]
    public void The_id_is_that_of_the_content_not_of_files_formats_or_their_cut()
    {
        var catalog = Catalogs.Taxi();
        EventRow[] opens = [.. Enumerable.Range(0, 5_000).Select(i => EventRow.Of(Key(i, 1), GeneratedEvents.Start + (i * 1_000_000_007L)))];
        var testCase = new OracleCase(catalog, new Placement(4, 2), [opens, []], [null, null], "", default);
        var reversed = testCase with { Rows = [[.. opens.Reverse()], []] };
        using var folder = new TempFolder();
        string[] ids = [Build(folder, testCase, ".parquet"), Build(folder, testCase, ".csv"), Build(folder, reversed, ".csv.gz")];
        Assert.Single(ids.Distinct());
        Assert.NotEqual(ids[0], Build(folder, testCase with { Rows = [opens[..^1], []] }, ".csv"));
        Assert.NotEqual(ids[0], Build(folder, testCase with { Placement = new Placement(2, 4) }, ".csv"));
        Assert.NotEqual(ids[0], Build(folder, testCase with { CompleteUntil = [1, null] }, ".csv"));
    }

    [Fact]
    public void Segments_of_several_generations_read_as_one_build_of_all()
    {
        CaseGen.Of(rowsMax: 30, depth: 1).Sample(
            testCase =>
            {
                // What two builds share a manifest for is what an append will write.
                var older = testCase with { Rows = [.. testCase.Rows.Select(rows => rows[..(rows.Length / 2)])] };
                var newer = testCase with { Rows = [.. testCase.Rows.Select(rows => rows[(rows.Length / 2)..])] };
                using var folder = new TempFolder();
                var manifests = new[] { older, newer }.Select(part => ManifestFiles.Read(folder["out"], Build(folder, part, ".parquet"))).ToArray();
                using var whole = MappedSnapshot.Open(folder["out"], Build(folder, testCase, ".parquet"));
                var id = new string('c', 32);
                var joined = whole.Manifest with { Id = id, Segments = [.. manifests.SelectMany(manifest => manifest.Segments)] };
                File.WriteAllBytes(ManifestFiles.SnapshotPath(folder["out"], id), ManifestFiles.Format(joined));
                using var merged = MappedSnapshot.Open(folder["out"], id);
                SnapshotAssert.Equal(testCase.Snapshot(), merged);
            },
            iter: 30,
            threads: 1);
    }

    private static void Check(OracleCase testCase, string suffix)
    {
        using var folder = new TempFolder();
        var id = Build(folder, testCase, suffix);
        using var actual = MappedSnapshot.Open(folder["out"]);
        Assert.Equal(id, actual.Id);
        SnapshotAssert.Equal(testCase.Snapshot(), actual);
        Assert.Equal(testCase.Catalog.Sources.Select(source => source.Columns), actual.Catalog.Sources.Select(source => source.Columns));
    }

    private static string Build(TempFolder folder, OracleCase testCase, string suffix)
    {
        for (var s = 0; s < testCase.Rows.Length; s++)
        {
            var source = testCase.Catalog.Sources[s];
            if (suffix == ".parquet")
            {
                Inputs.WriteParquet(folder[source.Name + suffix], testCase.Catalog.EntityName, source, testCase.Catalog.EntityType, testCase.Rows[s], 1000);
            }
            else
            {
                Inputs.WriteCsv(folder[source.Name + suffix], testCase.Catalog.EntityName, source, testCase.Rows[s]);
            }
        }

        var options = s_options with
        {
            OutputFolder = folder["out"],
            Partitions = testCase.Placement.Partitions,
            SlicesPerPartition = testCase.Placement.SlicesPerPartition,
        };
        return SnapshotBuilder.Build(Inputs.CatalogFile(folder, testCase.Catalog, testCase.CompleteUntil, suffix), options).SnapshotId;
    }

    private static OracleCase WithoutEmptyTexts(OracleCase testCase) => testCase with
    {
        Rows = [.. testCase.Rows.Select(rows => rows.Select(row => row with { Values = [.. row.Values.Select(value => value is "" ? null : value)] }).ToArray())],
    };

    private static long Key(int i, int column) => (long)(GeneratedEvents.Random(i, 0, column) % 700);

    private static long Time(int i, int column) =>
        GeneratedEvents.Start + (long)(GeneratedEvents.Random(i, 1, column) % (ulong)(1000 * Instants.MicrosPerDay));
}
