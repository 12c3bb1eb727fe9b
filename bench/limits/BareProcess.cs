using System.Diagnostics;
using FeatureService.Bench.Limits.Contract;
using FeatureService.Cli.Demo;
using Grpc.Core;
using Grpc.Net.Client;

namespace FeatureService.Bench.Limits;

/// <summary>The bare service as a process of its own, on a free port of the loopback interface.</summary>
internal sealed class BareProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly GrpcChannel _channel;

    private BareProcess(Process process, int port)
    {
        _process = process;
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}", new GrpcChannelOptions { MaxReceiveMessageSize = null });
        Client = new Bare.BareClient(_channel);
    }

    /// <summary>The process's id.</summary>
    public int Id => _process.Id;

    /// <summary>Calls it.</summary>
    public Bare.BareClient Client { get; }

    /// <summary>Starts it and waits until it answers.</summary>
    public static async Task<BareProcess> StartAsync()
    {
        var port = LocalService.FreePort();
        var bare = new BareProcess(Process.Start(Environment.ProcessPath!, ["serve", $"{port}"]), port);
        await bare.Client.PingAsync(new PingRequest(), new CallOptions().WithWaitForReady().WithDeadline(TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(30)));
        return bare;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
    }
}
