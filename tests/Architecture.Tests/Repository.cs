using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace FeatureService.Architecture.Tests;

/// <summary>The repository's files, as they lie on disk.</summary>
internal static partial class Repository
{
    public static readonly string Root = FindRoot();

    /// <summary>Folders of the projects that ship, relative to the root.</summary>
    public static readonly string[] Projects =
        ["src/Arrow", "src/Contracts", "src/Core", "src/Engine", "src/Ingest", "src/Parquet", "src/FeatureService", "src/Client", "src/Sinks", "src/Cli", "samples/aggregates", "samples/taxi"];

    /// <summary>Source files below a folder, generated ones left out; paths relative to the root, with slashes.</summary>
    public static IEnumerable<string> Sources(string folder) => Directory
        .EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    public static string Text(string file) => File.ReadAllText(Path.Combine(Root, file));

    /// <summary>Source text without comments and string literals, so that only code is looked at.</summary>
    public static string Code(string file) => CommentOrString().Replace(Text(file), match => match.Value[0] == '/' ? "" : "\"\"");

    /// <summary>The projects that a project references directly, as folders relative to the root.</summary>
    public static string[] ProjectReferences(string project) =>
    [
        .. Items(project, "ProjectReference").Select(path =>
            Path.GetRelativePath(Root, Path.GetDirectoryName(Path.GetFullPath(Path.Combine(Root, project, path)))!).Replace('\\', '/')).Order(),
    ];

    /// <summary>The packages and shared frameworks that a project and all that it references name.</summary>
    public static string[] PackagesOfClosure(string project) =>
    [
        .. ProjectReferences(project).SelectMany(PackagesOfClosure)
            .Concat(Items(project, "PackageReference")).Concat(Items(project, "FrameworkReference")).Distinct(),
    ];

    private static IEnumerable<string> Items(string project, string element) => XDocument
        .Load(Directory.EnumerateFiles(Path.Combine(Root, project), "*.csproj").Single())
        .Descendants(element).Select(item => (string?)item.Attribute("Include")).OfType<string>();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "FeatureService.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"no FeatureService.sln above {AppContext.BaseDirectory}");
    }

    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|"{3,}.*?"{3,}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])'""", RegexOptions.Singleline)]
    private static partial Regex CommentOrString();
}
