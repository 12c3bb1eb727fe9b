using FeatureService.Testing.Network;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace FeatureService.EndToEnd.Tests;

/// <summary>One <c>featurectl serve</c> on a free port of loopback, ready when it is returned.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private readonly RunningCommand _command;

    private ServiceProcess(RunningCommand command, string address)
    {
        _command = command;
        Address = address;
    }

    public string Address { get; }

    public bool HasExited => _command.HasExited;

    /// <summary>What it has written to stderr so far.</summary>
    public string Log => _command.Errors;

    public static Task<ServiceProcess> StartAsync(string snapshot, string views, params string[] more) =>
        StartAtAsync(NewAddress(), snapshot, views, more);

    /// <summary>An address of loopback where nobody listens.</summary>
    public static string NewAddress() => $"http://127.0.0.1:{FreePort.Next()}";

    /// <summary>A service at an address of its caller's choice, such as one that another has left.</summary>
    public static async Task<ServiceProcess> StartAtAsync(string address, string snapshot, string views, params string[] more)
    {
        var command = FeatureCtl.Start(["serve", "--snapshot", snapshot, "--views", views, "--listen", address, .. more]);
        var service = new ServiceProcess(command, address);
        await service.ReadyAsync();
        return service;
    }

    public void Kill() => _command.Kill();

    /// <inheritdoc cref="RunningCommand.Hold"/>
    public void Hold() => _command.Hold();

    /// <inheritdoc cref="RunningCommand.GoOn"/>
    public void GoOn() => _command.GoOn();

    public void Terminate() => _command.Terminate();

    public Task<CommandResult> WaitAsync() => _command.WaitAsync();

    public void Dispose() => _command.Dispose();

    private async Task ReadyAsync()
    {
        using var channel = GrpcChannel.ForAddress(Address);
        var health = new Health.HealthClient(channel);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await tick.WaitForNextTickAsync(limit.Token))
        {
            Assert.False(_command.HasExited, _command.Errors);
            try
            {
                if ((await health.CheckAsync(new HealthCheckRequest(), cancellationToken: limit.Token)).Status
                    == HealthCheckResponse.Types.ServingStatus.Serving)
                {
                    return;
                }
            }
            catch (Grpc.Core.RpcException fault) when (fault.StatusCode == Grpc.Core.StatusCode.Unavailable)
            {
                // Not listening yet.
                continue;
            }
        }
    }
}
