using System.Net;
using FeatureService.Hosting;
using FeatureService.Tests.Support;
using Grpc.Core;
using Grpc.Health.V1;

namespace FeatureService.Tests.Telemetry;

public sealed class PrometheusTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    internal static async Task<string> ScrapeAsync(TestService service)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(service.Host.MetricsAddress + "/metrics"), Cancellation);
    }

    [Fact]
    public async Task Metrics_are_read_over_http_1_on_a_listener_that_answers_nothing_else()
    {
        await using var service = await TestService.StartAsync(change: o => o with { Metrics = "http://127.0.0.1:0" });
        await service.Vectors.GetFeatureVectorsAsync(Taxi.Get(1), cancellationToken: Cancellation);

        var text = await ScrapeAsync(service);
        using var http = new HttpClient();
        using var other = await http.PostAsync(new Uri(service.Host.MetricsAddress + "/features.v1.ClusterService/GetTopology"), null, Cancellation);

        Assert.Contains("feature_service_request_duration_seconds_bucket", text, StringComparison.Ordinal);
        Assert.Contains("feature_service_lane=\"interactive\"", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        Assert.Null(service.Host.HealthAddress);
    }

    [Fact]
    public async Task The_listener_of_the_api_tells_no_metrics()
    {
        await using var service = await TestService.StartAsync(change: o => o with { Listen = "http://127.0.0.1:0", Metrics = "http://127.0.0.1:0" });
        using var http = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

        using var answer = await http.GetAsync(new Uri(service.Host.Address + "/metrics"), Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.NotEqual(service.Host.Address, service.Host.MetricsAddress);
    }

    [Fact]
    public async Task Health_has_a_listener_of_its_own_on_which_liveness_outlasts_readiness()
    {
        using var snapshot = new GatedSnapshot(Taxi.Snapshot, isOpen: false);
        await using var service = await TestService.StartAsync(snapshot, o => o with { Health = "http://127.0.0.1:0" });
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(service.Host.HealthAddress!);
        var health = new Health.HealthClient(channel);
        Assert.Equal(["SERVING", "SERVING", "SERVING"], await StatesAsync(health));
        await Expect.StatusAsync(
            StatusCode.Unimplemented,
            new Contracts.V1.ClusterService.ClusterServiceClient(channel).GetTopologyAsync(new(), cancellationToken: Cancellation));
        var inFlight = service.Vectors.GetFeatureVectorsAsync(Taxi.Get(1), cancellationToken: Cancellation);
        await snapshot.NextReadAsync();

        var stopping = service.Host.StopAsync();

        Assert.Equal(["SERVING", "NOT_SERVING", "NOT_SERVING"], await StatesAsync(health));
        snapshot.Open();
        await inFlight;
        await stopping;
    }

    [Fact]
    public void Listeners_are_checked_like_the_first_one_and_must_differ()
    {
        var options = new ServiceOptions
        {
            Snapshots = [new SnapshotFolder("default", AppContext.BaseDirectory)],
            Listen = "http://127.0.0.1:7001",
            Health = "http://0.0.0.0:7002",
            Metrics = "http://localhost:7001",
        };

        Assert.Collection(
            options.Errors(),
            error => Assert.StartsWith("health: http://0.0.0.0:7002 is reached from beyond this machine", error, StringComparison.Ordinal),
            error => Assert.StartsWith("listen and metrics: http://127.0.0.1:7001 is given to both", error, StringComparison.Ordinal));
    }

    private static async Task<string[]> StatesAsync(Health.HealthClient health)
    {
        var states = new List<string>();
        foreach (var service in (string[])["liveness", "readiness", ""])
        {
            var answer = await health.CheckAsync(new HealthCheckRequest { Service = service }, cancellationToken: Cancellation);
            states.Add(answer.Status == HealthCheckResponse.Types.ServingStatus.Serving ? "SERVING" : "NOT_SERVING");
        }

        return [.. states];
    }
}
