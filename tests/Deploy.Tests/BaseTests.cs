using k8s.Models;

namespace FeatureService.Deploy.Tests;

/// <summary>The objects of the base belong together and keep to the restricted profile.</summary>
public sealed class BaseTests
{
    private readonly Manifests _manifests = Manifests.Read(Manifests.Base);

    public static TheoryData<string> Deployments => [.. Manifests.Read(Manifests.Base).All.OfType<V1Deployment>().Select(d => d.Metadata.Name)];

    [Fact]
    public void A_field_that_kubernetes_does_not_know_is_found()
    {
        var text = File.ReadAllText(Path.Combine(Manifests.Base, "deployment.yaml"));
        Assert.ThrowsAny<Exception>(() => Manifests.Parse(text.Replace("minReadySeconds", "minReadySecond", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_namespace_is_its_own_and_restricted()
    {
        var place = _manifests.Get<V1Namespace>();
        Assert.Equal(_manifests.Namespace, place.Metadata.Name);
        Assert.DoesNotContain(_manifests.Namespace, (string[])["default", "kube-system"]);
        Assert.All((string[])["enforce", "audit", "warn"], mode => Assert.Equal("restricted", place.Metadata.Labels["pod-security.kubernetes.io/" + mode]));
    }

    [Fact]
    public void Services_select_pods_and_name_their_ports()
    {
        Assert.All(_manifests.All.OfType<V1Service>(), service =>
        {
            var selected = Assert.Single(_manifests.All.OfType<V1Deployment>(), d => IsSelected(d.Spec.Template.Metadata.Labels, service.Spec.Selector));
            var ports = selected.Spec.Template.Spec.Containers.SelectMany(c => c.Ports).Select(p => p.Name);
            Assert.All(service.Spec.Ports, port => Assert.Contains(port.TargetPort.Value, ports));
            Assert.Contains(service.Spec.Type, (string?[])[null, "ClusterIP"]);
        });
    }

    [Fact]
    public void The_service_has_an_address_for_each_pod_and_one_for_all()
    {
        var pods = _manifests.Get<V1Service>("feature-service-pods").Spec;
        var plain = _manifests.Get<V1Service>("feature-service").Spec;

        Assert.Equal(("None", null), (pods.ClusterIP, plain.ClusterIP));
        Assert.All((V1ServiceSpec[])[pods, plain], service => Assert.Equal((5080, "kubernetes.io/h2c"), (service.Ports.Single().Port, service.Ports.Single().AppProtocol)));
        var guide = File.ReadAllText(Path.Combine(Manifests.Root, "deploy", "README.md"));
        Assert.Contains($"dns:///feature-service-pods.{_manifests.Namespace}.svc:{pods.Ports.Single().Port}", guide, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rolling_update_never_has_fewer_pods_and_a_disruption_takes_one()
    {
        var deployment = _manifests.Get<V1Deployment>("feature-service");
        var budget = _manifests.Get<V1PodDisruptionBudget>();

        Assert.True(deployment.Spec.Replicas >= 3);
        Assert.True(deployment.Spec.MinReadySeconds >= 10);
        Assert.Equal(("RollingUpdate", "0", "1"), (deployment.Spec.Strategy.Type, deployment.Spec.Strategy.RollingUpdate.MaxUnavailable.Value, deployment.Spec.Strategy.RollingUpdate.MaxSurge.Value));
        Assert.Equal(("1", "AlwaysAllow"), (budget.Spec.MaxUnavailable.Value, budget.Spec.UnhealthyPodEvictionPolicy));
        Assert.True(IsSelected(deployment.Spec.Template.Metadata.Labels, budget.Spec.Selector.MatchLabels));
        var spread = deployment.Spec.Template.Spec.TopologySpreadConstraints;
        Assert.Equal(["kubernetes.io/hostname", "topology.kubernetes.io/zone"], spread.Select(s => s.TopologyKey));
        Assert.All(spread, s => Assert.True(s.MaxSkew == 1 && IsSelected(deployment.Spec.Template.Metadata.Labels, s.LabelSelector.MatchLabels)));
    }

    [Theory]
    [MemberData(nameof(Deployments))]
    public void Pods_have_no_rights_that_they_do_not_need(string name)
    {
        var deployment = _manifests.Get<V1Deployment>(name);
        var pod = deployment.Spec.Template.Spec;

        Assert.True(IsSelected(deployment.Spec.Template.Metadata.Labels, deployment.Spec.Selector.MatchLabels));
        Assert.False(pod.AutomountServiceAccountToken);
        Assert.False(_manifests.Get<V1ServiceAccount>(pod.ServiceAccountName).AutomountServiceAccountToken);
        Assert.False(pod.EnableServiceLinks);
        Assert.True(pod.SecurityContext is { RunAsNonRoot: true, RunAsUser: > 10_000, RunAsGroup: > 10_000, FsGroup: > 0 });
        Assert.Equal(("RuntimeDefault", "RuntimeDefault"), (pod.SecurityContext.SeccompProfile.Type, pod.SecurityContext.AppArmorProfile.Type));
        Assert.True(pod is { HostNetwork: not true, HostPID: not true, HostIPC: not true, HostAliases: null });
        Assert.All(pod.Volumes ?? [], v => Assert.True(v.HostPath is null && (v.EmptyDir ?? v.ConfigMap ?? (object?)v.PersistentVolumeClaim) is not null, v.Name));
        Assert.All(pod.Containers.Concat(pod.InitContainers ?? []), container =>
        {
            var context = container.SecurityContext;
            Assert.True(context is { AllowPrivilegeEscalation: false, Privileged: not true, ReadOnlyRootFilesystem: true });
            Assert.Equal(("ALL", null), (Assert.Single(context.Capabilities.Drop), context.Capabilities.Add));
            Assert.Equal(("IfNotPresent", "FallbackToLogsOnError"), (container.ImagePullPolicy, container.TerminationMessagePolicy));
            Assert.DoesNotContain(":latest", container.Image, StringComparison.Ordinal);
            Assert.All((string[])["cpu", "memory"], resource => Assert.Equal(container.Resources.Limits[resource].ToDecimal(), container.Resources.Requests[resource].ToDecimal()));
            Assert.Equal(0, container.Resources.Limits["cpu"].ToDecimal() % 1);
            Assert.True(container.Resources.Limits.ContainsKey("ephemeral-storage"));
        });
    }

    private static bool IsSelected(IDictionary<string, string> labels, IDictionary<string, string> selector) =>
        selector.Count > 0 && selector.All(pair => labels.TryGetValue(pair.Key, out var value) && value == pair.Value);
}
