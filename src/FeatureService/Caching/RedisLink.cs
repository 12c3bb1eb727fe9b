using StackExchange.Redis;

namespace FeatureService.Caching;

/// <summary>
/// The connection to Redis, for backfills alone: nothing with one answer ever waits for it. It is made in the background, so a service
/// starts without Redis; one that has failed for long is made anew, since addresses behind a name change.
/// </summary>
internal sealed class RedisLink : IAsyncDisposable
{
    /// <summary>Between looks at the breaker, a part of the time between its trials.</summary>
    private static readonly TimeSpan _lookPeriod = TimeSpan.FromMilliseconds(50);

    /// <summary>A connection that has failed for so long is made anew.</summary>
    private static readonly TimeSpan _renewAfter = TimeSpan.FromSeconds(10);

    private readonly ConfigurationOptions _settings;
    private readonly string _space;
    private readonly TimeSpan _callMax;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _care;
    private volatile ConnectionMultiplexer? _connection;
    private volatile string? _hungKey;

    /// <summary>Begins to connect.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="space">What keys start with.</param>
    /// <param name="callMax">How long a batch may take.</param>
    /// <param name="time">The clock.</param>
    public RedisLink(ConfigurationOptions settings, string space, TimeSpan callMax, TimeProvider time)
    {
        _space = space;
        _settings = settings;
        _callMax = callMax;
        _time = time;
        Reads = new CircuitBreaker(time, Environment.ProcessId);
        Writes = new CircuitBreaker(time, ~Environment.ProcessId);
        _care = Task.Run(CareAsync);
    }

    /// <summary>The breaker of reads.</summary>
    public CircuitBreaker Reads { get; }

    /// <summary>The breaker of writes: a Redis that is full still answers reads.</summary>
    public CircuitBreaker Writes { get; }

    /// <summary>The database; null before the first connection.</summary>
    public IDatabase? Database => _connection?.GetDatabase();

    /// <summary>Whether there is a connection to any server.</summary>
    public bool IsConnected => _connection is { IsConnected: true };

    /// <summary>
    /// A key that a call had no answer for: trials ask for it, so that they meet the same server of a cluster, which would cost every call
    /// its time. A server that refuses costs nothing, so without such a key any server will do.
    /// </summary>
    public void HungOn(string key) => _hungKey = key;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _care.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await CloseAsync(_connection).ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>Connects, tries what the breaker has stopped, and connects anew.</summary>
    private async Task CareAsync()
    {
        var connectedAt = _time.GetTimestamp();
        await ConnectAsync().ConfigureAwait(false);
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(_lookPeriod, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_connection is null || (Reads.OpenFor > _renewAfter && _time.GetElapsedTime(connectedAt) > _renewAfter))
            {
                var old = _connection;
                await ConnectAsync().ConfigureAwait(false);
                connectedAt = _time.GetTimestamp();
                if (old != _connection)
                {
                    await CloseAsync(old).ConfigureAwait(false);
                }
            }

            if (Database is { } database && Reads.TryTrial())
            {
                await TryReadAsync(database).ConfigureAwait(false);
            }

            if (Database is { } writable && !Reads.IsOpen && Writes.TryTrial())
            {
                await TryWriteAsync(writable).ConfigureAwait(false);
            }
        }
    }

    private async Task ConnectAsync()
    {
        try
        {
            _connection = await ConnectionMultiplexer.ConnectAsync(_settings.Clone()).WaitAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (RedisFailures.Label(exception) is not null || exception is OperationCanceledException or IOException
            or System.Net.Sockets.SocketException or System.Security.Authentication.AuthenticationException)
        {
            // It is tried again at the next look.
        }
    }

    private async Task TryReadAsync(IDatabase database)
    {
        try
        {
            // Any answer will do that is no error: most often there is nothing under the key.
            var key = _hungKey ?? $"{_space}:trial:{Random.Shared.NextInt64():x}";
            await database.KeyExistsAsync(key).WaitAsync(_callMax, _time, _stop.Token).ConfigureAwait(false);
            _hungKey = null;
            Reads.Succeed();
        }
        catch (Exception exception) when (RedisFailures.Label(exception) is { } label)
        {
            _hungKey = label == RedisFailures.Timeout ? _hungKey : null;
            Reads.Fail();
        }
        catch (OperationCanceledException)
        {
            // The service ends.
        }
    }

    private async Task TryWriteAsync(IDatabase database)
    {
        try
        {
            await database.StringSetAsync($"{_space}:trial:{Random.Shared.NextInt64():x}", "1", CircuitBreaker.TrialPeriod)
                .WaitAsync(_callMax, _time, _stop.Token).ConfigureAwait(false);
            Writes.Succeed();
        }
        catch (Exception exception) when (RedisFailures.Label(exception) is not null)
        {
            Writes.Fail();
        }
        catch (OperationCanceledException)
        {
            // The service ends.
        }
    }

    private static async Task CloseAsync(ConnectionMultiplexer? connection)
    {
        if (connection is not null)
        {
            await connection.CloseAsync(allowCommandsToComplete: false).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }
}
