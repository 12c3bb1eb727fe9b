using FeatureService.Testing;
using k8s.Models;

namespace FeatureService.Deploy.Tests;

/// <summary>The Redis of a first installation is where the service looks for it, and a cache only.</summary>
public sealed class RedisTests
{
    private readonly Manifests _manifests = Manifests.Read(Manifests.Base);

    private V1Deployment Redis => _manifests.Get<V1Deployment>("redis");

    private V1Container Container => Redis.Spec.Template.Spec.Containers.Single();

    [Fact]
    public void The_service_is_given_the_address_of_the_one_that_is_described()
    {
        using var folder = new TempFolder();
        var address = _manifests.Get<V1Service>("redis");

        Assert.Equal($"{address.Metadata.Name}:{address.Spec.Ports.Single().Port}", DeployedOptions.Read(_manifests, folder).Cache.Redis);
        Assert.Equal(Container.Ports.Single().ContainerPort, address.Spec.Ports.Single().Port);
        Assert.Equal(Container.Ports.Single().Name, address.Spec.Ports.Single().TargetPort.Value);
    }

    [Fact]
    public void It_forgets_what_is_seldom_read_and_writes_nothing_to_a_disk()
    {
        Assert.Equal("allkeys-lfu", ValueOf("--maxmemory-policy"));
        Assert.Equal(("", "no"), (ValueOf("--save"), ValueOf("--appendonly")));
        var megabytes = long.Parse(ValueOf("--maxmemory")[..^2], System.Globalization.CultureInfo.InvariantCulture);
        Assert.EndsWith("mb", ValueOf("--maxmemory"), StringComparison.Ordinal);
        Assert.InRange(megabytes << 20, 1L << 29, (long)(0.8 * (double)Container.Resources.Limits["memory"].ToDecimal()));
        Assert.Equal("Recreate", Redis.Spec.Strategy.Type);
    }

    [Fact]
    public void The_services_pods_alone_reach_it()
    {
        var policy = _manifests.Get<V1NetworkPolicy>().Spec;

        Assert.Equal(Redis.Spec.Template.Metadata.Labels, policy.PodSelector.MatchLabels);
        var rule = Assert.Single(policy.Ingress);
        Assert.Equal(_manifests.Get<V1Deployment>("feature-service").Spec.Template.Metadata.Labels, Assert.Single(rule.FromProperty).PodSelector.MatchLabels);
        Assert.Equal(Container.Ports.Single().Name, Assert.Single(rule.Ports).Port.Value);
        Assert.Equal(["Ingress", "Egress"], policy.PolicyTypes);
        Assert.Empty(policy.Egress ?? []);
    }

    private string ValueOf(string flag) => Container.Args[Container.Args.IndexOf(flag) + 1];
}
