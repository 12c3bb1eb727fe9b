namespace FeatureService.Architecture.Tests;

/// <summary>References between assemblies run one way.</summary>
public sealed class AssemblyTests
{
    /// <summary>What each assembly references directly; what those bring comes with them.</summary>
    public static TheoryData<string, string[]> References => new()
    {
        { "src/Contracts", [] },
        { "src/Core", [] },
        { "src/Engine", ["src/Core"] },
        { "src/Arrow", [] },
        { "src/Ingest", ["src/Arrow", "src/Engine"] },
        { "src/FeatureService", ["src/Contracts", "src/Engine", "src/Parquet"] },
        { "src/Client", ["src/Contracts", "src/Core"] },
        { "src/Parquet", ["src/Core"] },
        { "src/Sinks", ["src/Arrow", "src/Client", "src/Parquet"] },
        { "src/Cli", ["samples/taxi", "src/FeatureService", "src/Ingest", "src/Sinks"] },
        { "samples/taxi", [] },
        { "samples/aggregates", ["src/Engine"] },
    };

    [Theory]
    [MemberData(nameof(References))]
    public void An_assembly_references_only_those_below_it(string project, string[] expected) =>
        Assert.Equal(expected, Repository.ProjectReferences(project));

    [Fact]
    public void Every_assembly_that_ships_is_known_here() => Assert.Equal(
        Repository.Projects.Order(),
        Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, Path.GetDirectoryName(file)!).Replace('\\', '/'))
            .Where(folder => folder.StartsWith("src/", StringComparison.Ordinal) || folder.StartsWith("samples/", StringComparison.Ordinal))
            .Order());

    [Theory]
    [InlineData("src/Core", "Grpc|Google.Protobuf|AspNetCore|Redis|DuckDB|ParquetSharp|Npgsql|Arrow|YamlDotNet")]
    [InlineData("src/Engine", "Grpc|Google.Protobuf|AspNetCore|Redis|DuckDB|ParquetSharp|Npgsql|Arrow|DependencyInjection")]
    [InlineData("src/FeatureService", "DuckDB|ParquetSharp|Npgsql")]
    [InlineData("src/Client", "DuckDB|ParquetSharp|Npgsql|AspNetCore|Redis|YamlDotNet")]
    [InlineData("src/Sinks", "AspNetCore|Redis")]
    [InlineData("src/Ingest", "Grpc|AspNetCore|Redis")]
    public void An_assembly_stays_free_of_what_it_must_not_carry(string project, string words) => Assert.DoesNotContain(
        Repository.PackagesOfClosure(project), package => words.Split('|').Any(word => package.Contains(word, StringComparison.Ordinal)));
}
