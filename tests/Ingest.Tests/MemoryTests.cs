using System.Globalization;
using CsCheck;
using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Testing;
using FeatureService.Testing.Generators;

namespace FeatureService.Ingest.Tests;

/// <summary>Builds with a bound on memory: what does not fit is spilled, and nobody can tell from the snapshot.</summary>
public sealed class MemoryTests : IDisposable
{
    private const int FileRows = 2000;

    private static readonly OracleCase s_many = Many();

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(".parquet")]
    [InlineData(".csv")]
    [InlineData(".csv.gz")]
    [InlineData(".ndjson")]
    public void The_snapshot_and_all_its_files_are_the_same_whatever_the_memory(string suffix)
    {
        Write(s_many, suffix);
        var unbound = Build(s_many, suffix, "unbound", null);
        Assert.Equal(0, unbound.SpilledBytes);
        var least = Least(bytes => Build(s_many, suffix, "least", bytes));
        AssertSame("unbound", "least");
        Gen.Long[least, least * 3].Sample(
            bytes =>
            {
                var report = Build(s_many, suffix, "bound", bytes);
                Assert.Equal(unbound.SnapshotId, report.SnapshotId);
                Assert.InRange(report.PeakBytes, 1, bytes);
                AssertSame("unbound", "bound");
                Directory.Delete(_folder["bound"], recursive: true);
            },
            iter: 4,
            threads: 1);
    }

    [Fact]
    public void Any_catalog_and_any_rows_are_the_same_snapshot_with_the_least_memory() =>
        CaseGen.Of(rowsMax: 40, depth: 1).Sample(
            testCase =>
            {
                using var own = new MemoryTests();
                own.Write(testCase, ".parquet");
                own.Build(testCase, ".parquet", "unbound", null);
                Least(bytes => own.Build(testCase, ".parquet", "least", bytes));
                own.AssertSame("unbound", "least");
            },
            iter: 20,
            threads: 1);

    [Fact]
    public void With_the_least_memory_events_go_to_disk_and_what_is_held_stays_within_it()
    {
        Write(s_many, ".parquet");
        BuildReport? report = null;
        var least = Least(bytes => report = Build(s_many, ".parquet", "least", bytes));
        Assert.InRange(report!.PeakBytes, 1, least);
        // Every event lies there once: entity, time and columns.
        Assert.InRange(report.SpilledBytes, 90_000 * 12, 90_000 * 64);
    }

    [Fact]
    public void Too_little_memory_is_told_with_what_it_is_for_and_leaves_nothing()
    {
        Write(s_many, ".parquet");
        var error = Assert.Throws<MemoryException>(() => Build(s_many, ".parquet", "out", 1));
        Assert.Equal(1, error.AllowedBytes);
        Assert.Contains("rows while they are read", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
        // One partition of all events fits in far more only.
        var one = s_many with { Placement = new Placement(1, 1) };
        error = Assert.Throws<MemoryException>(() => Build(one, ".parquet", "out", 3_000_000));
        Assert.Contains("the largest partition while it is sorted", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.NeededBytes, 60_000 * 47, 60_000 * 200);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Theory]
    [InlineData(BuildStage.Reading)]
    [InlineData(BuildStage.Sorting)]
    [InlineData(BuildStage.Writing)]
    public void A_build_that_is_cancelled_leaves_no_temporary_file(BuildStage stage)
    {
        Write(s_many, ".parquet");
        var least = Least(bytes => Build(s_many, ".parquet", "least", bytes));
        using var stop = new CancellationTokenSource();
        var spilled = false;
        var progress = new Told(told =>
        {
            if (told.Stage == stage && told.Source == "rides" && (stage != BuildStage.Reading || told.Done > 50_000))
            {
                spilled |= Directory.GetFiles(_folder["out"], "*.events", SearchOption.AllDirectories).Length > 0;
                stop.Cancel();
            }
        });
        Assert.ThrowsAny<OperationCanceledException>(() => SnapshotBuilder.Build(
            Catalog(s_many, ".parquet"), Options(s_many, "out", least), progress, stop.Token));
        Assert.True(spilled);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public void What_a_killed_build_spilled_is_removed_by_the_next()
    {
        _folder.Write("out/.building-0123-spill/00.events", "half");
        Write(s_many, ".parquet");
        Build(s_many, ".parquet", "out", null);
        Assert.Empty(Directory.GetFileSystemEntries(_folder["out"], ".building-*"));
    }

    [Fact]
    public void Second_rows_of_facts_are_found_over_chunks_that_are_spilled()
    {
        _folder.Write("a.csv", "user_id,city\n" + string.Concat(Enumerable.Range(1, 120_000).Select(i => $"{i},City of number {i % 10}\n")));
        _folder.Write("b.csv", "user_id,city\n7,Nara\n119999,Kobe\n");
        const string Yaml = "entity: {name: user_id, type: int64}\nsources:\n  users: {files: [a.csv, b.csv], time: always}\n";
        var error = Assert.Throws<InputException>(() => Least(bytes => Builds.Build(_folder, Yaml, options => options with { MemoryBytes = bytes })));
        Assert.Equal(
            [$"{_folder["b.csv"]}:2: another row of user_id 7, whose first is {_folder["a.csv"]}:8", $"{_folder["b.csv"]}:3: another row of user_id 119999, whose first is {_folder["a.csv"]}:120000"],
            error.Messages.Skip(1));
    }

    [Fact]
    public void Keys_and_texts_that_are_all_distinct_stay_in_memory_and_give_the_same_files()
    {
        for (var file = 0; file < 8; file++)
        {
            var rows = Enumerable.Range(0, 10_000).Select(i => $"user {(file * 10_000) + i},2024-01-0{1 + (i % 9)},reference {GeneratedEvents.Random((ulong)i):x16} {file}\n");
            _folder.Write($"e-{file}.csv", "user_id,at,x\n" + string.Concat(rows));
        }

        const string Yaml = "entity: {name: user_id, type: string}\nsources:\n  e: {files: 'e-*.csv', time: at}\n";
        Builds.Build(_folder, Yaml, options => options with { OutputFolder = _folder["unbound"], Partitions = 16 });
        BuildReport? report = null;
        var least = Least(bytes => report = Builds.Build(_folder, Yaml, options => options with { OutputFolder = _folder["least"], Partitions = 16, MemoryBytes = bytes }));
        // Twice 80,000 texts of 10 and 28 bytes, with the tables that find and order them.
        Assert.InRange(least, 80_000 * (10 + 28 + 40), 80_000 * 400);
        Assert.InRange(report!.PeakBytes, 1, least);
        Assert.True(report.SpilledBytes > 0);
        AssertSame("unbound", "least");
    }

    /// <summary>Builds with the least memory: as much as the error asks for, until there is none.</summary>
    internal static long Least(Func<long, BuildReport> build)
    {
        for (var bytes = 1L; ;)
        {
            try
            {
                build(bytes);
                return bytes;
            }
            catch (MemoryException error)
            {
                Assert.Equal(bytes, error.AllowedBytes);
                Assert.True(error.NeededBytes > bytes, $"{error.NeededBytes} bytes are needed, but {bytes} were too few");
                bytes = error.NeededBytes;
            }
        }
    }

    /// <summary>Users whose events share instants, so that their order is that of the input.</summary>
    private static OracleCase Many()
    {
        EventRow[] opens = [.. Enumerable.Range(0, 30_000).Select(i => EventRow.Of(Key(i, 1), Time(i, 2)))];
        EventRow[] rides = [.. Enumerable.Range(0, 60_000).Select(i => EventRow.Of(
            Key(i, 3), Time(i, 4), i % 7 == 0 ? null : Time(i, 4) + 1000, (long)i, i * 0.25, i % 5 == 0 ? null : $"area {i % 300}", i % 3 == 0, i % 10_000))];
        return new OracleCase(Catalogs.Taxi(), new Placement(16, 2), [opens, rides], [null, null], "", default);
    }

    private static long Key(int i, int column) => (long)(GeneratedEvents.Random(i, 0, column) % 700);

    private static long Time(int i, int column) => GeneratedEvents.Start + ((long)(GeneratedEvents.Random(i, 1, column) % 40) * Instants.MicrosPerDay);

    private SnapshotBuildOptions Options(OracleCase testCase, string output, long? memory) => new()
    {
        OutputFolder = _folder[output],
        AllowFuture = true,
        Partitions = testCase.Placement.Partitions,
        SlicesPerPartition = testCase.Placement.SlicesPerPartition,
        MemoryBytes = memory,
    };

    private BuildReport Build(OracleCase testCase, string suffix, string output, long? memory) =>
        SnapshotBuilder.Build(Catalog(testCase, suffix), Options(testCase, output, memory));

    private CatalogFile Catalog(OracleCase testCase, string suffix) =>
        Inputs.CatalogFile(_folder, testCase.Catalog, testCase.CompleteUntil, "-*" + suffix);

    /// <summary>Writes each source in many files: a block of rows ends with its file.</summary>
    private void Write(OracleCase testCase, string suffix)
    {
        for (var s = 0; s < testCase.Rows.Length; s++)
        {
            var rows = testCase.Rows[s].Length == 0 ? [[]] : testCase.Rows[s].Chunk(FileRows);
            foreach (var (file, part) in rows.Index())
            {
                Write(testCase.Catalog, s, string.Create(CultureInfo.InvariantCulture, $"{testCase.Catalog.Sources[s].Name}-{file:D3}{suffix}"), part);
            }
        }
    }

    private void Write(Catalog catalog, int index, string name, EventRow[] rows)
    {
        var source = catalog.Sources[index];
        if (name.EndsWith(".parquet", StringComparison.Ordinal))
        {
            Inputs.WriteParquet(_folder[name], catalog.EntityName, source, catalog.EntityType, rows, 1000);
        }
        else if (name.EndsWith(".ndjson", StringComparison.Ordinal))
        {
            Inputs.WriteCsv(_folder["rows.csv"], catalog.EntityName, source, rows);
            File.WriteAllLines(_folder[name], Objects(File.ReadAllLines(_folder["rows.csv"])));
        }
        else
        {
            Inputs.WriteCsv(_folder[name], catalog.EntityName, source, rows);
        }
    }

    /// <summary>CSV without quotes as JSON.</summary>
    private static IEnumerable<string> Objects(string[] lines)
    {
        var names = lines[0].Split(',');
        return lines.Skip(1).Select(line => "{" + string.Join(
            ',', line.Split(',').Zip(names).Where(field => field.First.Length > 0).Select(field => $"\"{field.Second}\":\"{field.First}\"")) + "}");
    }

    private void AssertSame(string left, string right)
    {
        var files = Files(left);
        Assert.Equal(files, Files(right));
        Assert.All(files, file => Assert.True(
            File.ReadAllBytes(Path.Combine(_folder[left], file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(_folder[right], file))),
            string.Create(CultureInfo.InvariantCulture, $"{file} differs")));
    }

    private IReadOnlyList<string> Files(string folder) =>
        [.. Directory.GetFiles(_folder[folder], "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_folder[folder], file)).Order()];

    private sealed class Told(Action<BuildProgress> tell) : IProgress<BuildProgress>
    {
        public void Report(BuildProgress value) => tell(value);
    }
}
