using System.ComponentModel;
using System.Diagnostics;
using k8s;
using k8s.Models;

namespace FeatureService.Deploy.Tests;

/// <summary>What kubectl makes of the base.</summary>
public sealed class RenderTests
{
    [Fact]
    public async Task Kubectl_renders_every_object_into_the_namespace_with_the_image_that_is_named()
    {
        var read = Manifests.Read(Manifests.Base);
        var rendered = Manifests.Parse(await RenderAsync());

        Assert.Equal(read.All.Select(NameOf).Order(), rendered.Select(NameOf).Order());
        Assert.All(
            rendered.Where(o => o is not V1Namespace),
            o => Assert.Equal(read.Namespace, ((IKubernetesObject<V1ObjectMeta>)o).Metadata.NamespaceProperty));
        var pod = rendered.OfType<V1Deployment>().Single(d => d.Metadata.Name == "feature-service").Spec.Template.Spec;
        Assert.All(pod.Containers.Concat(pod.InitContainers), container => Assert.Matches("^[^:]+:[0-9]+$", container.Image));
    }

    private static string NameOf(object o) => $"{((IKubernetesObject)o).Kind}/{((IKubernetesObject<V1ObjectMeta>)o).Metadata.Name}";

    private static async Task<string> RenderAsync()
    {
        using var kubectl = new Process
        {
            StartInfo = new ProcessStartInfo("kubectl", ["kustomize", Manifests.Base]) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        try
        {
            kubectl.Start();
        }
        catch (Win32Exception)
        {
            Assert.Skip("no kubectl here: the files were read without it by the other tests");
        }

        var errors = kubectl.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await kubectl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await kubectl.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(kubectl.ExitCode == 0, await errors);
        return output;
    }
}
