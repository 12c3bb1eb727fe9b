using FeatureService.Telemetry;
using StackExchange.Redis;

namespace FeatureService.Caching;

/// <summary>Blocks that are kept: in the process's memory, and behind it in Redis where there is one.</summary>
public sealed class BlockCache : IAsyncDisposable
{
    private readonly CacheOptions _options;
    private readonly Memo _memo;
    private readonly RedisBlocks? _redis;
    private long _pendingBytes;
    private int _fills;

    /// <summary>An empty memory, and a connection that is made in the background.</summary>
    /// <param name="options">What it may use; without errors.</param>
    /// <param name="workers">CPUs of the service.</param>
    /// <param name="metrics">Where numbers go.</param>
    /// <param name="time">The clock.</param>
    public BlockCache(CacheOptions options, int workers, CacheMetrics metrics, TimeProvider time)
    {
        _options = options;
        _memo = new Memo(options.MemoryBytes, Environment.ProcessId);
        Metrics = metrics;
        Budget = new FillBudget(workers, time);
        Costs = new FeatureCosts(options.Redis is not null, time);
        if (options.Redis is not null && RedisAddress.TryRead(options.Redis, options.CallMax, out ConfigurationOptions settings, out _))
        {
            _redis = new RedisBlocks(options, settings, metrics, time);
        }
    }

    /// <summary>Whether anything is kept at all.</summary>
    public bool IsOn => _options.IsOn;

    /// <summary>What has been measured.</summary>
    internal FeatureCosts Costs { get; }

    /// <summary>What <c>auto</c> may spend.</summary>
    internal FillBudget Budget { get; }

    /// <summary>Where numbers go.</summary>
    internal CacheMetrics Metrics { get; }

    /// <summary>Blocks that are being computed.</summary>
    internal SingleFlight Flights { get; } = new();

    /// <summary>How it is.</summary>
    internal CacheState State => new(
        _redis is not null, _redis?.Link.IsConnected ?? false, _redis?.Link.Reads.IsOpen ?? false, _redis?.Link.Writes.IsOpen ?? false, _memo.Count, _memo.Bytes);

    /// <summary>Looks for blocks. It waits no longer than a batch may take, and never fails but by cancellation.</summary>
    /// <param name="keys">The blocks.</param>
    /// <param name="bytesEach">About how many bytes each has at most.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>What lies under each key, unchecked; null where there is nothing.</returns>
    internal async Task<byte[]?[]> FindAsync(IReadOnlyList<BlockKey> keys, int bytesEach, CancellationToken cancellation)
    {
        var found = new byte[keys.Count][];
        var absent = new List<int>();
        for (var i = 0; i < found.Length; i++)
        {
            if (_memo.Find(keys[i]) is { } bytes)
            {
                found[i] = bytes;
            }
            else
            {
                absent.Add(i);
            }
        }

        Metrics.Asked("memory", keys.Count - absent.Count);
        var read = 0;
        if (_redis is not null && absent.Count > 0)
        {
            var (bytes, size, elapsed) = await _redis.ReadAsync([.. absent.Select(i => keys[i])], bytesEach, cancellation).ConfigureAwait(false);
            for (var i = 0; i < bytes.Length; i++)
            {
                if (bytes[i] is { } some)
                {
                    read++;
                    found[absent[i]] = some;
                    _memo.Keep(keys[absent[i]], some);
                }
            }

            Costs.Fetched(read, size, elapsed);
            Metrics.Moved("read", size);
        }

        Metrics.Asked("redis", read);
        Metrics.Asked("miss", absent.Count - read);
        return found;
    }

    /// <summary>A block that is in memory, asked for a second time; null where it is not.</summary>
    internal byte[]? Recall(BlockKey key)
    {
        var bytes = _memo.Find(key);
        Metrics.Asked("memory", bytes is null ? 0 : 1);
        return bytes;
    }

    /// <summary>Notes that what lay under a key was no block of it. It is asked for and kept as if nothing lay there.</summary>
    internal void Damaged(BlockKey key)
    {
        _memo.Forget(key);
        Metrics.Asked("damaged", 1);
    }

    /// <summary>Asks for room for values that wait to be packed.</summary>
    /// <returns>False where too many wait: these are not kept.</returns>
    internal bool TryReserve(long bytes)
    {
        if (Interlocked.Add(ref _pendingBytes, bytes) > _options.PendingBytesMax)
        {
            Release(bytes);
            return false;
        }

        return true;
    }

    /// <summary>Gives room back.</summary>
    internal void Release(long bytes) => Interlocked.Add(ref _pendingBytes, -bytes);

    /// <summary>Packs a block and keeps it; in Redis some time soon.</summary>
    /// <returns>Bytes that it takes; 0 where it is too large.</returns>
    internal int Keep(BlockKey key, Block block)
    {
        if (BlockCodec.Pack(key, block, _options.ValueBytesMax) is not { } bytes)
        {
            Metrics.Filled("too_large", 1);
            return 0;
        }

        _memo.Keep(key, bytes);
        Metrics.Filled("kept", 1);
        if (_redis is not null && !_redis.TryWrite(key, bytes))
        {
            Metrics.Filled("dropped", 1);
        }

        return bytes.Length;
    }

    /// <summary>Runs what keeps blocks behind an answer; how it ends is nobody's affair.</summary>
    /// <param name="fill">Keeps them.</param>
    internal void Fill(Func<Task> fill)
    {
        Interlocked.Increment(ref _fills);
        _ = RunAsync();

        async Task RunAsync()
        {
            await Task.Run(fill).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Interlocked.Decrement(ref _fills);
        }
    }

    /// <summary>Whether everything is packed and written that was to be.</summary>
    internal bool IsSettled => Volatile.Read(ref _fills) == 0 && (_redis is null || _redis.PendingBytes == 0);

    /// <summary>Closes the connection.</summary>
    public ValueTask DisposeAsync() => _redis?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>How the cache is.</summary>
/// <param name="HasRedis">Whether there is a Redis.</param>
/// <param name="IsConnected">Whether it is connected.</param>
/// <param name="ReadsStopped">Whether the breaker of reads is open.</param>
/// <param name="WritesStopped">Whether the breaker of writes is open.</param>
/// <param name="Blocks">Blocks in memory.</param>
/// <param name="Bytes">Bytes that they take.</param>
internal readonly record struct CacheState(
    bool HasRedis, bool IsConnected, bool ReadsStopped, bool WritesStopped, int Blocks, long Bytes)
{
    /// <summary>No Redis is named.</summary>
    public const string None = "none";

    /// <summary>Redis is read and written.</summary>
    public const string Connected = "connected";

    /// <summary>Redis answers reads and refuses writes, as one that is full does.</summary>
    public const string ReadOnly = "read-only";

    /// <summary>How Redis is, in a word.</summary>
    public string Redis => this switch
    {
        { HasRedis: false } => None,
        { ReadsStopped: true } => "stopped",
        { IsConnected: false } => "connecting",
        { WritesStopped: true } => ReadOnly,
        _ => Connected,
    };
}
