using System.Text.RegularExpressions;

namespace FeatureService.Architecture.Tests;

/// <summary>What the documents name is there.</summary>
public sealed partial class DocumentTests
{
    public static TheoryData<string> Documents =>
    [
        .. new[] { "README.md", "src/README.md" }.Concat(
            Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))),
    ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_lead_to_files_of_the_repository(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!;
        Assert.All(
            Link().Matches(Repository.Text(document)).Select(match => match.Groups[1].Value).Where(link => !link.Contains("://", StringComparison.Ordinal)),
            link => Assert.True(Path.Exists(Path.Combine(folder, link)), $"{document} links to {link}, which is not there"));
    }

    [Fact]
    public void The_walk_through_the_sources_names_every_folder()
    {
        var walk = Repository.Text("src/README.md");
        var folders = Repository.Projects.Where(project => project.StartsWith("src/", StringComparison.Ordinal)).SelectMany(project =>
            Repository.Sources(project).Select(file => string.Join('/', file.Split('/')[1..^1].Take(2)))).Distinct();
        Assert.All(folders, folder => Assert.Contains($"{folder}/", walk, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_reason_that_the_service_gives_is_told_and_no_other()
    {
        var given = Repository.Sources("src/FeatureService").SelectMany(file => Reason().Matches(Repository.Text(file)))
            .Select(match => match.Groups[1].Value).ToHashSet();
        var told = ReasonTold().Matches(Repository.Text("docs/errors.md")).Select(match => match.Groups[1].Value);
        Assert.NotEmpty(given);
        Assert.Equal(given.Order(), told.Distinct().Order());
    }

    [GeneratedRegex(@"\bReason = ""(\w+)""")]
    private static partial Regex Reason();

    /// <summary>The second column of the table of codes.</summary>
    [GeneratedRegex(@"^\| `[A-Z_]+` \| `([A-Z0-9_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex ReasonTold();

    [GeneratedRegex(@"\]\(([^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();
}
