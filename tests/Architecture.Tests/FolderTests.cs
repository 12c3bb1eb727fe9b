using System.Text.RegularExpressions;

namespace FeatureService.Architecture.Tests;

/// <summary>Inside an assembly the folders run one way too: a folder uses only those that stand behind it.</summary>
public sealed class FolderTests
{
    /// <summary>Each assembly's folders with all that each may use; a folder that is not named here is an error.</summary>
    public static TheoryData<string, string, string> Folders => new()
    {
        { "src/Core", "FeatureService.Core", "Calendar: ; Columns: ; Keys: Columns; Tables: Calendar Columns" },
        {
            "src/Engine", "FeatureService.Engine",
            """
            Definitions: ;
            Numerics: ;
            Snapshots: Definitions;
            Expressions: Snapshots Numerics Definitions;
            Kernels: Expressions Snapshots Numerics Definitions;
            Planning: Kernels Expressions Snapshots Numerics Definitions;
            Execution: Planning Kernels Expressions Snapshots Numerics Definitions;
            Reference: Expressions Snapshots Numerics Definitions
            """
        },
        {
            "src/FeatureService", "FeatureService",
            """
            Failures: ;
            Telemetry: ;
            Tenancy: Failures;
            Caching: Tenancy Failures Telemetry;
            Scheduling: Tenancy Failures Telemetry;
            Registry: Tenancy Failures Telemetry;
            Pipeline: Registry Scheduling Caching Tenancy Failures Telemetry;
            Edge: Pipeline Registry Scheduling Caching Tenancy Failures Telemetry;
            Hosting: Edge Pipeline Registry Scheduling Caching Tenancy Failures Telemetry
            """
        },
        { "src/Client", "FeatureService.Client", "Transport: ; FanOut: Transport; Datasets: FanOut Transport" },
        { "src/Cli", "FeatureService.Cli", "CommandLine: ; Demo: CommandLine; Inspection: ; Explaining: CommandLine; Tracing: CommandLine; Comparing: CommandLine" },
        { "samples/taxi", "FeatureService.Samples.Taxi", "Life: ; Files: " },
    };

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_folder_uses_only_those_behind_it(string project, string rootNamespace, string rules)
    {
        var allowed = rules.Split(';').Select(rule => rule.Split(':'))
            .ToDictionary(rule => rule[0].Trim(), rule => rule[1].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Assert.Empty(Repository.Sources(project).SelectMany(file => Violations(project, rootNamespace, file, allowed)));
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_file_has_the_namespace_of_its_folder(string project, string rootNamespace, string rules)
    {
        Assert.NotEmpty(rules);
        foreach (var file in Repository.Sources(project))
        {
            var folder = Path.GetDirectoryName(file)!.Replace('\\', '/')[project.Length..].Replace('/', '.');
            var declared = Regex.Match(Repository.Code(file), @"^namespace ([\w.]+);", RegexOptions.Multiline).Groups[1].Value;
            Assert.True(declared == rootNamespace + folder, $"{file} has the namespace '{declared}', expected {rootNamespace}{folder}");
        }
    }

    private static IEnumerable<string> Violations(string project, string rootNamespace, string file, Dictionary<string, string[]> allowed)
    {
        var parts = file[(project.Length + 1)..].Split('/');
        if (parts.Length == 1)
        {
            // Files beside the folders are the assembly's face: what composes it, or what all of it shares.
            yield break;
        }

        if (!allowed.TryGetValue(parts[0], out var below))
        {
            yield return $"{file}: the folder {parts[0]} has no place in the order of {project}";
            yield break;
        }

        var code = Repository.Code(file);
        foreach (var other in allowed.Keys.Where(other => other != parts[0] && !below.Contains(other) && Uses(code, rootNamespace, other)))
        {
            yield return $"{file} uses {rootNamespace}.{other}, which does not stand behind {parts[0]}";
        }
    }

    /// <summary>Whether code names a namespace: in full, or from inside the root namespace by its last part.</summary>
    private static bool Uses(string code, string rootNamespace, string folder) =>
        Regex.IsMatch(code, $@"\b{Regex.Escape(rootNamespace)}\.{folder}\b")
        || Regex.IsMatch(code, $@"(?<![\w.]){folder}\.[A-Z]\w+[.<( ]");
}
