using FeatureService.Caching;
using FeatureService.Engine.Snapshots;
using FeatureService.Hosting;
using FeatureService.Registry;
using FeatureService.Testing;
using Grpc.Health.V1;
using Grpc.Net.Client;
using k8s.Models;

namespace FeatureService.Deploy.Tests;

/// <summary>What pods are told agrees with what the service is.</summary>
public sealed class PodTests : IDisposable
{
    /// <summary>What the process takes to end behind its drain, and what is to spare.</summary>
    private const int EndSeconds = 5;
    private const int SpareSeconds = 5;

    private readonly Manifests _manifests = Manifests.Read(Manifests.Base);
    private readonly TempFolder _folder = new();

    private V1PodSpec Pod => _manifests.Get<V1Deployment>("feature-service").Spec.Template.Spec;

    private V1Container Service => Pod.Containers.Single();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_option_is_one_of_the_services_and_the_service_takes_them()
    {
        var known = ServiceSettings.All.Select(setting => setting.Variable).ToHashSet();
        Assert.All(_manifests.Get<V1ConfigMap>(DeployedOptions.ConfigMap).Data.Keys, name => Assert.Contains(name, known));

        Assert.Empty(DeployedOptions.Read(_manifests, _folder).Errors());
        Assert.Equal(DeployedOptions.ConfigMap, Assert.Single(Service.EnvFrom).ConfigMapRef.Name);
    }

    [Theory]
    [InlineData("FEATURES__INSECURE_NO_AUTH")]
    [InlineData("FEATURES__INSECURE_NO_TLS")]
    public void A_listener_that_others_reach_needs_both_waivers(string waiver)
    {
        var error = Assert.Throws<ServiceOptionsException>(() => DeployedOptions.Read(_manifests, _folder, without: waiver));

        Assert.Equal(["listen", "health", "metrics"], error.Errors.Select(e => e[..e.IndexOf(':', StringComparison.Ordinal)]));
        Assert.Contains(waiver, File.ReadAllText(Path.Combine(Manifests.Base, "options.yaml")), StringComparison.Ordinal);
    }

    [Fact]
    public void Ports_are_those_that_the_service_listens_on()
    {
        var options = DeployedOptions.Read(_manifests, _folder);
        var ports = Service.Ports.ToDictionary(port => port.Name, port => port.ContainerPort);

        Assert.Equal(3, ports.Count);
        Assert.Equal(new Uri(options.Listen!).Port, ports["grpc"]);
        Assert.Equal(new Uri(options.Health!).Port, ports["health"]);
        Assert.Equal(new Uri(options.Metrics!).Port, ports["metrics"]);
        Assert.All(ports.Values, port => Assert.True(port > 1024));
        Assert.Equal($"{ports["metrics"]}", _manifests.Get<V1Deployment>("feature-service").Spec.Template.Metadata.Annotations["prometheus.io/port"]);
        Assert.All(Probes(), probe => Assert.Equal(ports["health"], probe.Grpc.Port));
    }

    [Fact]
    public async Task Probes_ask_for_services_that_the_health_listener_answers()
    {
        var options = DeployedOptions.Read(_manifests, _folder) with
        {
            Listen = "http://127.0.0.1:0",
            Health = "http://127.0.0.1:0",
            Metrics = null,
            Opener = new OneSnapshot(),
            // Nothing listens there: probes are answered without Redis.
            Cache = new CacheOptions { Redis = "127.0.0.1:1" },
        };
        await using var host = await FeatureServiceHost.StartAsync(options, TestContext.Current.CancellationToken);
        using var channel = GrpcChannel.ForAddress(host.HealthAddress!);
        var health = new Health.HealthClient(channel);

        foreach (var probe in Probes())
        {
            var answer = await health.CheckAsync(
                new HealthCheckRequest { Service = probe.Grpc.Service }, cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
        }
    }

    [Fact]
    public void Liveness_is_the_process_alone_and_more_patient_than_readiness()
    {
        Assert.Equal("liveness", Service.LivenessProbe.Grpc.Service);
        Assert.Equal("readiness", Service.ReadinessProbe.Grpc.Service);
        Assert.Equal(3, Probes().Select(probe => probe.Grpc.Service).Distinct().Count());
        Assert.True(Service.LivenessProbe.PeriodSeconds * Service.LivenessProbe.FailureThreshold >= 60);
        Assert.True(Service.ReadinessProbe.PeriodSeconds * Service.ReadinessProbe.FailureThreshold <= 10);
        Assert.All(Probes(), probe => Assert.True(probe.TimeoutSeconds >= 2));
    }

    [Fact]
    public void A_pod_has_the_time_to_drain()
    {
        var drain = DeployedOptions.Read(_manifests, _folder).DrainMax.TotalSeconds;
        var preStop = Service.Lifecycle.PreStop.Sleep.Seconds;

        Assert.InRange(preStop, 1, 30);
        Assert.True(Pod.TerminationGracePeriodSeconds >= preStop + drain + EndSeconds + SpareSeconds);
    }

    [Fact]
    public void Workers_are_as_many_as_whole_processors()
    {
        var limits = Service.Resources.Limits;

        Assert.Equal(DeployedOptions.Read(_manifests, _folder).Workers, limits["cpu"].ToDecimal());
        Assert.Equal(limits["memory"].ToDecimal(), Service.Resources.Requests["memory"].ToDecimal());
        Assert.True(limits.ContainsKey("ephemeral-storage"));
    }

    [Fact]
    public void Folders_of_the_options_are_mounted_and_those_that_are_written_are_bounded()
    {
        var options = _manifests.Get<V1ConfigMap>(DeployedOptions.ConfigMap).Data;
        var volumes = Pod.Volumes.ToDictionary(volume => volume.Name);

        Assert.Contains(Service.VolumeMounts, m => options["FEATURES__SNAPSHOT"].StartsWith($"default={m.MountPath}/", StringComparison.Ordinal) && m.ReadOnlyProperty == true);
        Assert.Contains(Service.VolumeMounts, m => m.MountPath.StartsWith(options["FEATURES__VIEWS"] + "/", StringComparison.Ordinal) && m.ReadOnlyProperty == true);
        Assert.All(
            Service.VolumeMounts.Concat(Pod.InitContainers.SelectMany(c => c.VolumeMounts)).Where(m => m.ReadOnlyProperty != true),
            m => Assert.NotNull(volumes[m.Name].EmptyDir.SizeLimit));
        var claim = volumes.Values.Single(v => v.PersistentVolumeClaim is not null).PersistentVolumeClaim.ClaimName;
        Assert.Equal(_manifests.Get<V1PersistentVolumeClaim>().Metadata.Name, claim);
        var stored = volumes.Values.Where(v => v.EmptyDir is not null).Sum(v => v.EmptyDir.SizeLimit.ToDecimal());
        Assert.True(Service.Resources.Limits["ephemeral-storage"].ToDecimal() >= stored);
    }

    private V1Probe[] Probes() => [Service.StartupProbe, Service.ReadinessProbe, Service.LivenessProbe];

    private sealed class OneSnapshot : ISnapshotOpener
    {
        private readonly MemorySnapshot _snapshot = new(Catalogs.Taxi("UTC"), new Core.Keys.Placement(1, 1), [[], []]);

        public string CurrentId(string directory) => _snapshot.Id;

        public ISnapshot Open(string directory, string id) => _snapshot;
    }
}
