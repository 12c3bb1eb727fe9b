using BenchmarkDotNet.Attributes;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;

namespace FeatureService.Bench.Micro;

/// <summary>A run of a message, 30,720 rows of a column, to the wire and back; times are by row.</summary>
[MemoryDiagnoser]
public class CodecBenchmarks
{
    private readonly ColumnEncoder _all = new(EncodingSet.All);
    private readonly ColumnEncoder _plain = new(EncodingSet.Plain);
    private readonly DecodeBuffer _buffer = new();
    private byte[] _target = [];
    private byte[] _payload = [];
    private ChunkLayout _layout;

    /// <summary>The columns.</summary>
    public static IEnumerable<TypicalColumn> Columns => TypicalColumn.All();

    /// <summary>The column.</summary>
    [ParamsSource(nameof(Columns))]
    public TypicalColumn Typical { get; set; } = null!;

    /// <summary>Encodes the column once.</summary>
    [GlobalSetup]
    public void Setup()
    {
        (_layout, _payload) = EncodedRun.Of(Typical);
        _target = new byte[_plain.Measure(Typical.Column, 0, TypicalColumn.Rows)];
    }

    /// <summary>The choice of a form alone.</summary>
    [Benchmark(OperationsPerInvoke = TypicalColumn.Rows)]
    public long Choose() => _all.Measure(Typical.Column, 0, TypicalColumn.Rows);

    /// <summary>The choice of a form, and the bytes.</summary>
    [Benchmark(OperationsPerInvoke = TypicalColumn.Rows)]
    public int Encode() => Write(_all);

    /// <summary>The bytes of PLAIN.</summary>
    [Benchmark(OperationsPerInvoke = TypicalColumn.Rows)]
    public int EncodePlain() => Write(_plain);

    /// <summary>Bytes to a column that is checked and still in its form.</summary>
    [Benchmark(OperationsPerInvoke = TypicalColumn.Rows)]
    public EncodedColumn Read() => EncodedColumn.Read(Typical.Column.Type, _layout, _payload);

    /// <summary>Bytes to rows.</summary>
    [Benchmark(OperationsPerInvoke = TypicalColumn.Rows)]
    public Column Decode() => EncodedColumn.Read(Typical.Column.Type, _layout, _payload).Decode(_buffer);

    private int Write(ColumnEncoder encoder)
    {
        encoder.Measure(Typical.Column, 0, TypicalColumn.Rows);
        var position = 0;
        encoder.Write(_target, ref position);
        return position;
    }
}
