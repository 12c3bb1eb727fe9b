using DuckDB.NET.Data;
using FeatureService.Client.Datasets;
using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;
using FeatureService.Hosting;
using FeatureService.Parquet;
using FeatureService.Samples.Taxi;
using FeatureService.Scheduling;
using FeatureService.Sinks.Parquet;
using FeatureService.Testing;

namespace FeatureService.Cli.Tests;

/// <summary>A dataset of columns that the service has finished is, to the byte, the one that the client makes of values.</summary>
public sealed class FinishedColumnsTests : IAsyncLifetime
{
    // One slice of several blocks: 1,200 entities of 260 weeks are 312,000 rows.
    private static readonly TaxiOptions s_taxi = new() { Users = 1200, Threads = 1 };

    private readonly TempFolder _folder = new();
    private FeatureServiceHost? _service;

    public async ValueTask InitializeAsync()
    {
        TaxiSample.Write(_folder["taxi"], s_taxi);
        var built = await Featurectl.RunAsync(
            "snapshot", "build", "--catalog", _folder["taxi/" + TaxiSample.CatalogFile], "--out", _folder["snapshot"], "--partitions", "1", "--slices", "1");
        Assert.True(built.Code == 0, built.Error);
        _service = await FeatureServiceHost.StartAsync(
            new ServiceOptions
            {
                Listen = null,
                Snapshots = [new SnapshotFolder("default", _folder["snapshot"])],
                Views = _folder["taxi/" + TaxiSample.ViewsFolder],
                WorkerPolicy = WorkerPolicy.Normal,
            },
            TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _service!.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(ParquetCompression.Zstd, false)]
    [InlineData(ParquetCompression.Snappy, true)]
    [InlineData(ParquetCompression.None, true)]
    public async Task Files_do_not_tell_who_has_encoded(ParquetCompression compression, bool single)
    {
        var finished = new Watched(new ParquetFormat(compression), isFinished: true);
        var encoded = new Watched(new ParquetFormat(compression), isFinished: false);
        var (one, two) = (await BuildAsync(finished, TaxiSample.View, "finished", single), await BuildAsync(encoded, TaxiSample.View, "encoded", single));

        Assert.Equal((2, 2), (finished.Batches, encoded.Batches));
        AssertSameContent(two, one);
        Assert.Equal(two.Files.Select(file => (file.Bytes, file.Checksum)), one.Files.Select(file => (file.Bytes, file.Checksum)));
    }

    [Theory]
    [InlineData(ParquetCompression.Zstd)]
    [InlineData(ParquetCompression.Snappy)]
    [InlineData(ParquetCompression.None)]
    public async Task Values_of_every_type_are_the_same_where_row_groups_are_not(ParquetCompression compression)
    {
        // Few rows have the population, so blocks are small: the client puts those together that it encodes itself.
        var finished = new Watched(new ParquetFormat(compression), isFinished: true);
        var encoded = new Watched(new ParquetFormat(compression), isFinished: false);
        var one = await BuildAsync(finished, TaxiSample.WholeLanguageView, "finished.parquet", true);
        var two = await BuildAsync(encoded, TaxiSample.WholeLanguageView, "encoded.parquet", true);

        Assert.True(finished.Batches > encoded.Batches);
        AssertSameContent(two, one);
        using var duck = new DuckDBConnection("DataSource=:memory:");
        duck.Open();
        Assert.Equal(0L, Differing(duck, "finished", "encoded"));
        Assert.Equal(0L, Differing(duck, "encoded", "finished"));
    }

    private static void AssertSameContent(DatasetManifest expected, DatasetManifest actual)
    {
        Assert.Equal(expected.ContentHash, actual.ContentHash);
        Assert.Equal(expected.RowsByStatus, actual.RowsByStatus);
    }

    private long Differing(DuckDBConnection duck, string one, string other)
    {
        using var command = duck.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM (FROM '{_folder[one + ".parquet"]}' EXCEPT ALL FROM '{_folder[other + ".parquet"]}')";
        return (long)command.ExecuteScalar()!;
    }

    private async Task<DatasetManifest> BuildAsync(IDatasetFormat format, string view, string name, bool single)
    {
        using var client = new FeatureServiceClient(new FeatureServiceClientOptions
        {
            Endpoints = ["http://in.memory"],
            Connect = (_, cancellation) => _service!.ConnectAsync(cancellation),
        });
        var report = await new DatasetBuilder(client).BuildAsync(
            new DatasetBuildOptions
            {
                Query = new BackfillQuery
                {
                    View = ViewReference.Named(view),
                    Weeks = new WeekSpan($"{s_taxi.FirstWeek:yyyy-MM-dd}", $"{s_taxi.LastWeek:yyyy-MM-dd}"),
                    Labels = true,
                },
                Path = _folder[name],
                Format = format,
                SingleFile = single,
            },
            cancellation: TestContext.Current.CancellationToken);
        return report.Manifest;
    }

    /// <summary>Parquet, looked at: who has encoded what arrives.</summary>
    private sealed class Watched(ParquetFormat format, bool isFinished) : IDatasetFormat
    {
        private int _batches;

        public int Batches => _batches;

        public string Name => format.Name;

        public string Extension => format.Extension;

        public string Settings => format.Settings;

        public FinishedForm? Finished => isFinished ? format.Finished : null;

        public IPartWriter CreatePart(Stream output, IReadOnlyList<DatasetColumn> columns) => new Writer(this, format.CreatePart(output, columns));

        public void Concatenate(IReadOnlyList<string> parts, Stream output, CancellationToken cancellation) =>
            format.Concatenate(parts, output, cancellation);

        private sealed class Writer(Watched watched, IPartWriter writer) : IPartWriter
        {
            public void Write(FeatureBatch batch)
            {
                Interlocked.Increment(ref watched._batches);
                // The status alone is the client's to encode, since it counts rows by it.
                Assert.Equal(
                    Enumerable.Range(0, batch.ColumnCount).Select(i => watched.Finished is not null && i < batch.ColumnCount - 1),
                    Enumerable.Range(0, batch.ColumnCount).Select(i => batch.Finished(i) is not null));
                writer.Write(batch);
            }

            public void Complete() => writer.Complete();

            public void Dispose() => writer.Dispose();
        }
    }
}
