using System.Diagnostics;
using System.Threading.Channels;
using FeatureService.Telemetry;
using StackExchange.Redis;

namespace FeatureService.Caching;

/// <summary>What one read of several blocks brought.</summary>
/// <param name="Bytes">By key; null where there is nothing, or nothing was learnt.</param>
/// <param name="Read">How many bytes.</param>
/// <param name="Elapsed">How long it took.</param>
internal readonly record struct BlockRead(byte[]?[] Bytes, long Read, TimeSpan Elapsed);

/// <summary>
/// Blocks in Redis, read and written in pipelined batches: at most 256 keys and about 1 MiB each, four under way at once. One key a
/// command, as no two keys need lie on the same server of a cluster. Nothing here fails or waits long: what Redis does not give in time
/// is not there, and what it does not take in time is dropped.
/// </summary>
internal sealed class RedisBlocks : IAsyncDisposable
{
    /// <summary>The most keys of a batch.</summary>
    public const int BatchKeysMax = 256;

    /// <summary>The most bytes of a batch, about.</summary>
    public const int BatchBytesMax = 1 << 20;

    private const int BatchesMax = 4;

    private readonly CacheOptions _options;
    private readonly CacheMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Random _jitter = new();
    private readonly SemaphoreSlim _batches = new(BatchesMax);
    private readonly Channel<(BlockKey Key, byte[] Bytes)> _fills = Channel.CreateUnbounded<(BlockKey, byte[])>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _writing;
    private long _pendingBytes;

    /// <summary>Begins to connect and to write.</summary>
    public RedisBlocks(CacheOptions options, ConfigurationOptions settings, CacheMetrics metrics, TimeProvider time)
    {
        _options = options;
        _metrics = metrics;
        _time = time;
        Link = new RedisLink(settings, options.Namespace, options.CallMax, time);
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>The connection.</summary>
    public RedisLink Link { get; }

    /// <summary>Bytes that wait to be written.</summary>
    public long PendingBytes => Interlocked.Read(ref _pendingBytes);

    /// <summary>Reads blocks; at once where the breaker is open.</summary>
    /// <param name="keys">The blocks.</param>
    /// <param name="bytesEach">About how many bytes each has at most.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<BlockRead> ReadAsync(IReadOnlyList<BlockKey> keys, int bytesEach, CancellationToken cancellation)
    {
        var bytes = new byte[keys.Count][];
        if (Link.Reads.IsOpen || Link.Database is not { } database || keys.Count == 0)
        {
            return new BlockRead(bytes, 0, TimeSpan.Zero);
        }

        var started = Stopwatch.GetTimestamp();
        var batch = Math.Clamp(BatchBytesMax / Math.Max(1, bytesEach), 1, BatchKeysMax);
        var isFailing = new FailureNote();
        var reads = new List<Task>();
        for (var first = 0; first < keys.Count; first += batch)
        {
            reads.Add(ReadBatchAsync(database, keys, bytes, first, Math.Min(batch, keys.Count - first), isFailing, cancellation));
        }

        await Task.WhenAll(reads).ConfigureAwait(false);
        return new BlockRead(bytes, bytes.Sum(b => (long)(b?.Length ?? 0)), Stopwatch.GetElapsedTime(started));
    }

    /// <summary>Has a block written, some time soon.</summary>
    /// <returns>False where too much is waiting already: it is dropped.</returns>
    public bool TryWrite(BlockKey key, byte[] bytes)
    {
        if (Interlocked.Add(ref _pendingBytes, bytes.Length) > _options.PendingBytesMax || !_fills.Writer.TryWrite((key, bytes)))
        {
            Interlocked.Add(ref _pendingBytes, -bytes.Length);
            return false;
        }

        return true;
    }

    /// <summary>Writes what is left, as far as Redis takes it at once, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        _fills.Writer.TryComplete();
        _stop.CancelAfter(_options.CallMax * 2);
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Link.DisposeAsync().ConfigureAwait(false);
        _batches.Dispose();
        _stop.Dispose();
    }

    private async Task ReadBatchAsync(
        IDatabase database, IReadOnlyList<BlockKey> keys, byte[]?[] bytes, int first, int count, FailureNote isFailing, CancellationToken cancellation)
    {
        await _batches.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            // A part waits for one batch that fails, not for all of them one after the other.
            if (isFailing.Value || Link.Reads.IsOpen)
            {
                return;
            }

            var gets = new Task<RedisValue>?[count];
            var failure = await RunAsync(gets, i => database.StringGetAsync(keys[first + i].Text(_options.Namespace)), cancellation).ConfigureAwait(false);
            for (var i = 0; i < count; i++)
            {
                bytes[first + i] = gets[i] is { IsCompletedSuccessfully: true } get ? (byte[]?)get.Result : null;
            }

            if (failure is null)
            {
                Link.Reads.Succeed();
                return;
            }

            _metrics.Failed("read", failure);
            if (failure != RedisFailures.Timeout && Array.Exists(gets, IsDone))
            {
                // One server of a cluster is gone, and says so at once: the others are worth asking.
                Link.Reads.Succeed();
                return;
            }

            isFailing.Value = true;
            if (failure == RedisFailures.Timeout)
            {
                Link.HungOn(keys[first + Math.Max(0, Array.FindIndex(gets, get => !IsDone(get)))].Text(_options.Namespace));
            }

            Link.Reads.Fail();
        }
        finally
        {
            _batches.Release();
        }
    }

    private async Task WriteAllAsync()
    {
        var batch = new List<(BlockKey Key, byte[] Bytes)>();
        while (await _fills.Reader.WaitToReadAsync(_stop.Token).ConfigureAwait(false))
        {
            long size = 0;
            while (batch.Count < BatchKeysMax && size < BatchBytesMax && _fills.Reader.TryRead(out var fill))
            {
                batch.Add(fill);
                size += fill.Bytes.Length;
            }

            await WriteBatchAsync(batch, size).ConfigureAwait(false);
            Interlocked.Add(ref _pendingBytes, -size);
            batch.Clear();
        }
    }

    private async Task WriteBatchAsync(List<(BlockKey Key, byte[] Bytes)> batch, long size)
    {
        if (Link.Database is not { } database || Link.Reads.IsOpen || Link.Writes.IsOpen)
        {
            _metrics.Filled("dropped", batch.Count);
            return;
        }

        await _batches.WaitAsync(_stop.Token).ConfigureAwait(false);
        try
        {
            var sets = new Task<bool>?[batch.Count];
            var failure = await RunAsync(
                sets, i => database.StringSetAsync(batch[i].Key.Text(_options.Namespace), batch[i].Bytes, Lifetime()), _stop.Token).ConfigureAwait(false);
            var written = sets.Count(IsDone);
            _metrics.Filled("written", written);
            _metrics.Moved("written", batch.Where((_, i) => IsDone(sets[i])).Sum(fill => (long)fill.Bytes.Length));
            if (failure is null)
            {
                Link.Writes.Succeed();
                return;
            }

            _metrics.Filled("failed", batch.Count - written);
            _metrics.Failed("write", failure);
            if (failure != RedisFailures.Timeout && written > 0)
            {
                // As with reads: of a cluster the other servers take theirs.
                Link.Writes.Succeed();
                return;
            }

            Link.Writes.Fail();
        }
        finally
        {
            _batches.Release();
        }
    }

    private static bool IsDone<T>(Task<T>? command) => command is { IsCompletedSuccessfully: true };

    /// <summary>Issues commands and waits for them within the bound of a batch.</summary>
    /// <param name="commands">Where they go; null of those that were not issued, as the connection was closed meanwhile.</param>
    /// <param name="issue">Issues one.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>How the first of them failed; null where none did.</returns>
    private async Task<string?> RunAsync<T>(Task<T>?[] commands, Func<int, Task<T>> issue, CancellationToken cancellation)
    {
        try
        {
            for (var i = 0; i < commands.Length; i++)
            {
                commands[i] = issue(i);
            }

            await Task.WhenAll(commands!).WaitAsync(_options.CallMax, _time, cancellation).ConfigureAwait(false);
            return null;
        }
        catch (Exception exception) when (RedisFailures.Label(exception) is { } label)
        {
            Observe(commands);
            return label;
        }
        catch (OperationCanceledException)
        {
            Observe(commands);
            throw;
        }
    }

    /// <summary>Commands that nobody waits for any more may still fail.</summary>
    private static void Observe(Task?[] commands)
    {
        foreach (var command in commands.OfType<Task>())
        {
            _ = command.ContinueWith(static done => done.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }

    /// <summary>Entries that were written together do not end together.</summary>
    private TimeSpan Lifetime()
    {
        lock (_jitter)
        {
            return _options.Lifetime * (0.9 + (0.2 * _jitter.NextDouble()));
        }
    }

    private sealed class FailureNote
    {
        public volatile bool Value;
    }
}
