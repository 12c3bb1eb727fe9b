using FeatureService.Engine.Definitions.Syntax;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>The same bits on every CPU: recorded hashes of results, in this process and in others that are kept from using SIMD.</summary>
public sealed class CpuSettingsTests
{
    /// <summary>Written beside the test on every run; to be copied over the recorded file when definitions are added on purpose.</summary>
    private const string ActualFile = "result-hashes.actual.txt";

    [Fact]
    public void Results_have_the_recorded_hashes()
    {
        string[] actual = [.. ResultHashes.Compute()];
        File.WriteAllLines(Path.Combine(AppContext.BaseDirectory, ActualFile), actual);
        Assert.Equal(File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Oracle", "result-hashes.txt")), actual);
        CpuSettings.AreFollowed();
    }

    [Fact]
    public void Every_aggregate_and_function_has_a_hash() => Assert.Empty(
        Vocabulary.Aggregates.Keys.Concat(Vocabulary.Functions.Keys).Except(ResultHashes.Definitions
            .SelectMany(definition => Coverage.Calls(Parser.Parse(definition).Expression))
            .Select(call => call.Name)));

    [Theory]
    [MemberData(nameof(CpuSettings.All), MemberType = typeof(CpuSettings))]
    public Task Results_have_the_recorded_hashes_with_the_setting(string variable, string value) =>
        CpuSettings.Run(variable, value, typeof(CpuSettingsTests), nameof(Results_have_the_recorded_hashes));
}
