using k8s;
using k8s.Models;
using YamlDotNet.RepresentationModel;

namespace FeatureService.Deploy.Tests;

/// <summary>The objects of a kustomization as its files describe them, read without kubectl; what it adds to all of them is left out.</summary>
internal sealed class Manifests
{
    private Manifests(string @namespace, IReadOnlyList<object> objects) => (Namespace, All) = (@namespace, objects);

    public static string Root { get; } = FindRoot();

    public static string Base { get; } = Path.Combine(Root, "deploy", "k8s", "base");

    /// <summary>Where the kustomization puts its objects.</summary>
    public string Namespace { get; }

    public IReadOnlyList<object> All { get; }

    /// <summary>Reads a folder's kustomization and all that it names.</summary>
    public static Manifests Read(string folder)
    {
        var kustomization = Kustomization(folder);
        var objects = Scalars(kustomization, "resources").SelectMany(name => Objects(Path.Combine(folder, name))).ToArray();
        return new Manifests(((YamlScalarNode)kustomization.Children["namespace"]).Value!, objects);
    }

    /// <summary>The only object of a kind, or the one of a name.</summary>
    public T Get<T>(string? name = null)
        where T : IKubernetesObject<V1ObjectMeta> => All.OfType<T>().Single(o => name is null || o.Metadata.Name == name);

    /// <summary>Reads texts strictly: a field that Kubernetes does not know is an error.</summary>
    public static IReadOnlyList<object> Parse(string yaml) => KubernetesYaml.LoadAllFromString(yaml, strict: true);

    private static IEnumerable<object> Objects(string path) => Directory.Exists(path)
        ? Read(path).All
        : Parse(File.ReadAllText(path));

    private static YamlMappingNode Kustomization(string folder)
    {
        var yaml = new YamlStream();
        using var reader = File.OpenText(Path.Combine(folder, "kustomization.yaml"));
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static IEnumerable<string> Scalars(YamlMappingNode map, string key) =>
        ((YamlSequenceNode)map.Children[key]).Children.Cast<YamlScalarNode>().Select(node => node.Value!);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "FeatureService.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("the tests do not run inside the repository");
    }
}
