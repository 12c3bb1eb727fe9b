using BenchmarkDotNet.Attributes;
using FeatureService.Caching;

namespace FeatureService.Bench.Micro;

/// <summary>A block of the cache, a column of 128 entities and 64 weeks, to bytes with their checksum and back; times are by value.</summary>
[MemoryDiagnoser]
public class CacheBlockBenchmarks
{
    private const int Values = BlockKey.RunEntities * BlockKey.ChunkWeeks;

    private readonly BlockKey _key = new(1, "");
    private byte[] _packed = [];

    /// <summary>The columns.</summary>
    public static IEnumerable<TypicalColumn> Columns => TypicalColumn.All(Values);

    /// <summary>The column.</summary>
    [ParamsSource(nameof(Columns))]
    public TypicalColumn Typical { get; set; } = null!;

    /// <summary>Packs the block once.</summary>
    [GlobalSetup]
    public void Setup() => _packed = Pack();

    /// <summary>The choice of a form, the bytes, the checksum.</summary>
    [Benchmark(OperationsPerInvoke = Values)]
    public byte[] Pack() => BlockCodec.Pack(_key, new Block(ulong.MaxValue, BlockKey.RunEntities, Typical.Column), int.MaxValue)!;

    /// <summary>Bytes to a block that is checked and still in its form.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    [Benchmark(OperationsPerInvoke = Values)]
    public int Unpack() => BlockCodec.TryUnpack(_key, Typical.Column.Type, BlockKey.RunEntities, _packed, out var block)
        ? block.Values.Length
        : throw new InvalidDataException("a block that was packed is none");
}
