using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using FeatureService.Testing;
using FeatureService.Testing.Network;
using StackExchange.Redis;

namespace FeatureService.EndToEnd.Tests.Soak;

/// <summary>A redis-server of a run's own, on loopback and in a folder of its own.</summary>
/// <param name="primary">The one whose replica it is; null of a primary.</param>
internal sealed class RedisServer(RedisServer? primary = null) : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly int _port = FreePort.Next();
    private Process? _process;

    /// <summary>Whether the program is there.</summary>
    public static bool IsInstalled => Program is not null;

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");

    private string PortText => _port.ToString(CultureInfo.InvariantCulture);

    private static string? Program => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, "redis-server")).FirstOrDefault(File.Exists);

    /// <summary>Starts it, or starts it again, empty.</summary>
    public async Task StartAsync()
    {
        string[] arguments =
        [
            "--port", PortText, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", _folder.Path,
            .. primary is null ? Array.Empty<string>() : ["--replicaof", "127.0.0.1", primary.PortText],
        ];
        _process = Process.Start(new ProcessStartInfo(Program!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await AnswersAsync() && await tick.WaitForNextTickAsync(limit.Token))
        {
            Assert.False(_process.HasExited, "redis-server has ended");
        }
    }

    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    /// <summary>SIGSTOP.</summary>
    public void Hold() => Assert.Equal(0, NativeSignals.Kill(_process!.Id, NativeSignals.Stop));

    /// <summary>SIGCONT.</summary>
    public void GoOn() => Assert.Equal(0, NativeSignals.Kill(_process!.Id, NativeSignals.Continue));

    /// <summary>From a replica to a primary.</summary>
    public Task PromoteAsync() => UseAsync((server, _) => server.ExecuteAsync("REPLICAOF", "NO", "ONE"));

    /// <summary>Number of blocks that services have left there.</summary>
    public async Task<int> CountAsync()
    {
        var count = 0;
        await UseAsync((server, _) => Task.FromResult(count = server.Keys(pattern: "*:b1:*").Count()));
        return count;
    }

    public Task FlushAsync() => UseAsync((server, _) => server.FlushAllDatabasesAsync());

    /// <summary>It takes no more: every write is refused.</summary>
    public Task FillAsync() => UseAsync(async (server, _) =>
    {
        await server.ConfigSetAsync("maxmemory-policy", "noeviction");
        await server.ConfigSetAsync("maxmemory", "1mb");
    });

    /// <summary>Random bytes in a share of the entries, of one at least.</summary>
    /// <returns>Number of entries that were damaged.</returns>
    public async Task<int> DamageAsync(double share, Random random)
    {
        var count = 0;
        await UseAsync(async (server, database) =>
        {
            foreach (var key in server.Keys(pageSize: 1000).ToArray())
            {
                if (count == 0 || random.NextDouble() < share)
                {
                    byte[] bytes = (await database.StringGetAsync(key))!;
                    random.NextBytes(bytes.AsSpan(random.Next(bytes.Length)));
                    await database.StringSetAsync(key, bytes, expiry: null, keepTtl: true);
                    count++;
                }
            }
        });
        return count;
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            Kill();
        }

        _process?.Dispose();
        _folder.Dispose();
    }

    private async Task UseAsync(Func<IServer, IDatabase, Task> use)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(Address + ",allowAdmin=true,connectTimeout=60000,syncTimeout=60000,asyncTimeout=60000");
        await use(connection.GetServer(Address), connection.GetDatabase());
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", _port);
            await client.GetStream().WriteAsync("PING\r\n"u8.ToArray());
            var answer = new byte[5];
            await client.GetStream().ReadExactlyAsync(answer);
            return answer.AsSpan().SequenceEqual("+PONG"u8);
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }
}
