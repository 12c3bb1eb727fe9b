using FeatureService.Hosting;
using FeatureService.Testing;
using k8s.Models;

namespace FeatureService.Deploy.Tests;

/// <summary>The options that the pods' ConfigMap gives, read as the service reads them.</summary>
internal static class DeployedOptions
{
    public const string ConfigMap = "feature-service-options";

    /// <summary>The options, the pod's folders being below one of the test's.</summary>
    /// <exception cref="ServiceOptionsException">The service does not take them.</exception>
    public static ServiceOptions Read(Manifests manifests, TempFolder folder, params string[] without)
    {
        var pod = manifests.Get<V1Deployment>("feature-service").Spec.Template.Spec;
        foreach (var mount in pod.Containers[0].VolumeMounts)
        {
            Directory.CreateDirectory(folder[mount.MountPath.TrimStart('/')]);
        }

        // What the init container makes.
        Directory.CreateDirectory(folder["snapshots/default"]);
        var values = manifests.Get<V1ConfigMap>(ConfigMap).Data.Where(pair => !without.Contains(pair.Key)).ToDictionary();
        return ServiceSettings.Read(
            new Dictionary<string, IReadOnlyList<string>>(),
            name => values.TryGetValue(name, out var value) ? value.Replace("/snapshots", folder["snapshots"], StringComparison.Ordinal).Replace("/views", folder["views"], StringComparison.Ordinal) : null,
            configPath: null);
    }
}
