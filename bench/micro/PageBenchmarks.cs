using BenchmarkDotNet.Attributes;
using FeatureService.Core.Columns.Encodings;
using FeatureService.Parquet;
using FeatureService.Parquet.Pages;

namespace FeatureService.Bench.Micro;

/// <summary>
/// A column chunk of a Parquet file, eight runs of 30,720 rows in the forms in which they arrive: codes, dictionary, levels, statistics,
/// compression; times are by row.
/// </summary>
[MemoryDiagnoser]
public class PageBenchmarks
{
    private const int Runs = 8;

    private ColumnChunkWriter _writer = null!;
    private EncodedColumn[] _runs = [];
    private ChunkColumn _column;

    /// <summary>The columns.</summary>
    public static IEnumerable<TypicalColumn> Columns => TypicalColumn.All();

    /// <summary>The column.</summary>
    [ParamsSource(nameof(Columns))]
    public TypicalColumn Typical { get; set; } = null!;

    /// <summary>How pages are compressed.</summary>
    [Params(ParquetCompression.Zstd, ParquetCompression.None)]
    public ParquetCompression Compression { get; set; }

    /// <summary>Encodes the runs.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var (layout, payload) = EncodedRun.Of(Typical);
        _runs = [.. Enumerable.Repeat(EncodedColumn.Read(Typical.Column.Type, layout, payload), Runs)];
        _column = new ChunkColumn("x", Typical.Column.Type, Nullable: true);
        _writer = new ColumnChunkWriter(Compression);
    }

    /// <summary>Gives the compressor's memory back.</summary>
    [GlobalCleanup]
    public void Cleanup() => _writer.Dispose();

    /// <summary>Writes the chunk.</summary>
    [Benchmark(OperationsPerInvoke = Runs * TypicalColumn.Rows)]
    public int Write()
    {
        _writer.Write(_column, _runs, start: 4);
        return _writer.Bytes.Length;
    }
}
