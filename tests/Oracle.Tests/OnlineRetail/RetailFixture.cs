using FeatureService.Engine.Definitions;
using FeatureService.Engine.Snapshots;
using FeatureService.Ingest;
using FeatureService.Testing;

namespace FeatureService.Oracle.Tests.OnlineRetail;

/// <summary>A snapshot of the shop's lines, built as any other, and DuckDB's answers; both once for all tests.</summary>
public sealed class RetailFixture : IDisposable
{
    /// <summary>First day of the first week.</summary>
    public const string FirstDay = "2010-11-29";

    /// <summary>First day of the last week.</summary>
    public const string LastDay = "2011-12-12";

    private readonly TempFolder _folder = new();
    private readonly Lazy<MappedSnapshot> _snapshot;
    private readonly Lazy<DuckDbAnswer> _duckDb;

    /// <summary>Nothing is made before a test asks for it, as the data may be missing.</summary>
    public RetailFixture()
    {
        _snapshot = new Lazy<MappedSnapshot>(Build);
        _duckDb = new Lazy<DuckDbAnswer>(() => new DuckDbAnswer(Csv, FirstDay, LastDay));
    }

    internal MappedSnapshot Snapshot => _snapshot.Value;

    internal DuckDbAnswer DuckDb => _duckDb.Value;

    internal static string Csv => DataFolder.Require("online-retail/online_retail_2010-2011.csv.gz");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_snapshot.IsValueCreated)
        {
            _snapshot.Value.Dispose();
        }

        _folder.Dispose();
    }

    private MappedSnapshot Build()
    {
        var catalog = _folder.Write("catalog.yaml", $$"""
            entity: {name: CustomerID, type: int64}
            time_zone: Europe/London
            complete_until: 2011-12-31
            sources:
              lines:
                files: '{{Csv}}'
                time: InvoiceDate
                columns: {InvoiceNo: string, StockCode: string, Quantity: int64, UnitPrice: float64, Country: string}
              pence:
                files: '{{Csv}}'
                time: InvoiceDate
                columns: {Quantity: int64, UnitPrice: decimal(2)}
            """);
        var file = CatalogReader.Read(File.ReadAllText(catalog), catalog);
        Assert.Empty(file.Diagnostics);
        var report = SnapshotBuilder.Build(file.Catalog!, new SnapshotBuildOptions { OutputFolder = _folder["snapshot"] });
        // A quarter of the lines has no customer.
        Assert.All(report.Sources, source => Assert.Equal((406_829, 135_080), (source.EventCount, source.WithoutEntity)));
        return MappedSnapshot.Open(_folder["snapshot"]);
    }
}
