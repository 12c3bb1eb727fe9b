using System.Net.Sockets;
using FeatureService.Cli.CommandLine;
using FeatureService.Cli.Demo;
using FeatureService.Samples.Taxi;
using FeatureService.Testing;

namespace FeatureService.EndToEnd.Tests;

public sealed class LocalServiceTests : IDisposable
{
    private static readonly (string File, string[] Arguments) Program = (Shell.Featurectl, []);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_service_is_ready_when_it_says_so_and_is_gone_when_it_is_disposed()
    {
        var cancellation = TestContext.Current.CancellationToken;
        TaxiSample.Write(_folder.Path, new TaxiOptions { Users = 20, Weeks = 60 }, cancellation: cancellation);
        await using var shell = new Shell(_folder.Path);
        Assert.Equal(0, (await shell.RunAsync("featurectl snapshot build --catalog catalog.yaml --out snapshot", cancellation)).Code);

        string url;
        var service = LocalService.Start(Program, _folder["snapshot"], _folder[TaxiSample.ViewsFolder], _folder["service.log"]);
        await using (service)
        {
            await service.WaitUntilReadyAsync(TimeProvider.System, cancellation);
            url = service.Url;
            using var open = new TcpClient();
            await open.ConnectAsync("127.0.0.1", new Uri(url).Port, cancellation);
        }

        Assert.EndsWith("stopped\n", await File.ReadAllTextAsync(_folder["service.log"], cancellation), StringComparison.Ordinal);
        using var closed = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(async () => await closed.ConnectAsync("127.0.0.1", new Uri(url).Port, cancellation));
    }

    [Fact]
    public async Task A_service_that_cannot_start_is_told_with_its_log()
    {
        var log = _folder["service.log"];
        await using var service = LocalService.Start(Program, _folder["nowhere"], _folder["nowhere"], log);
        var failure = await Assert.ThrowsAsync<CliException>(() => service.WaitUntilReadyAsync(TimeProvider.System, TestContext.Current.CancellationToken));
        Assert.Equal($"the service at {service.Url} ended with code 2; what it said is in {log}", failure.Message);
        Assert.Contains("nowhere", await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
