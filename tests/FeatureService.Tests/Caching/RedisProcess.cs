using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FeatureService.Testing;
using FeatureService.Testing.Network;
using StackExchange.Redis;

namespace FeatureService.Tests.Caching;

/// <summary>A redis-server of the test's own, on a free port of loopback and in a folder of its own; ended by its process id.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string[] _arguments;
    private Process? _process;

    private RedisProcess(int port, string[] arguments)
    {
        Port = port;
        _arguments = arguments;
    }

    /// <summary>Why tests are skipped that need one; null where the program is there.</summary>
    public static string? Missing { get; } = Program is null ? "there is no redis-server on PATH" : null;

    public int Port { get; }

    public string PortText => Port.ToString(CultureInfo.InvariantCulture);

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    private static string? Program => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, "redis-server")).FirstOrDefault(File.Exists);

    public static async Task<RedisProcess> StartAsync(params string[] arguments)
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        var redis = new RedisProcess(FreePort.Next(), arguments);
        await redis.StartAsync();
        return redis;
    }

    /// <summary>Starts it, or starts it again, empty.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo(Program!) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[]
        {
            "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            "--dir", _folder.Path, "--daemonize", "no",
        }.Concat(_arguments))
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Until(
            async () =>
            {
                Assert.False(_process.HasExited, "redis-server has ended");
                return await AnswersAsync();
            },
            "redis-server answers");
    }

    /// <summary>A connection that sees what the service leaves there.</summary>
    public async Task<ConnectionMultiplexer> ConnectAsync() =>
        await ConnectionMultiplexer.ConnectAsync(Address + ",allowAdmin=true,abortConnect=false,connectTimeout=60000,syncTimeout=60000,asyncTimeout=60000");

    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    /// <summary>From a replica to a primary.</summary>
    public async Task PromoteAsync()
    {
        await using var connection = await ConnectAsync();
        await connection.GetServer(Address).ExecuteAsync("REPLICAOF", "NO", "ONE");
    }

    public void Stop() => Signal("-STOP");

    public void Continue() => Signal("-CONT");

    public ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            Kill();
        }

        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Waits for something that happens outside the process.</summary>
    public static Task Until(Func<Task<bool>> isSo, string what) => Eventually.TrueAsync(isSo, TestContext.Current.CancellationToken, what);

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync("PING\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
            var answer = new byte[5];
            await client.GetStream().ReadExactlyAsync(answer, TestContext.Current.CancellationToken);
            return answer.AsSpan().SequenceEqual("+PONG"u8);
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
