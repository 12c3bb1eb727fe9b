using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using FeatureService.Cli.Demo;
using StackExchange.Redis;

namespace FeatureService.Bench.Cache;

/// <summary>A redis-server of the bench's own on loopback, without files, and a connection that sees what is in it.</summary>
internal sealed partial class RedisServer : IDisposable
{
    private const int SignalContinue = 18;
    private const int SignalStop = 19;

    private readonly Process _process;
    private readonly ConnectionMultiplexer _connection;

    private RedisServer(Process process, string address, ConnectionMultiplexer connection) =>
        (_process, Address, _connection) = (process, address, connection);

    public string Address { get; }

    private IServer Server => _connection.GetServers()[0];

    public static async Task<RedisServer> StartAsync()
    {
        var text = LocalService.FreePort().ToString(CultureInfo.InvariantCulture);
        var process = Process.Start(new ProcessStartInfo(
            "redis-server", ["--port", text, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no"])
        { RedirectStandardOutput = true })!;
        process.BeginOutputReadLine();
        var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{text},allowAdmin=true,abortConnect=false,connectRetry=20");
        return new RedisServer(process, $"127.0.0.1:{text}", connection);
    }

    /// <summary>Takes everything out.</summary>
    public Task ClearAsync() => Server.FlushAllDatabasesAsync();

    /// <summary>Waits until nothing has been written for a while.</summary>
    public async Task SettledAsync()
    {
        for (var (last, same) = (-1L, 0); same < 4;)
        {
            var now = await Server.DatabaseSizeAsync();
            (last, same) = (now, now == last ? same + 1 : 0);
            await Task.Delay(50);
        }
    }

    /// <summary>Bytes of memory that its data take.</summary>
    public async Task<long> BytesAsync() => (await Server.InfoAsync("memory")).SelectMany(section => section)
        .Where(line => line.Key == "used_memory").Select(line => long.Parse(line.Value, CultureInfo.InvariantCulture)).Single();

    /// <summary>Stops it where it is, so that it accepts and answers nothing.</summary>
    public void Hold() => Signal(_process.Id, SignalStop);

    /// <summary>Lets it go on.</summary>
    public void GoOn() => Signal(_process.Id, SignalContinue);

    public void Dispose()
    {
        _connection.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
