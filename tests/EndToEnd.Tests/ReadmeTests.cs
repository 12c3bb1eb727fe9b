using FeatureService.Testing;
using FeatureService.Testing.Network;

namespace FeatureService.EndToEnd.Tests;

public sealed class ReadmeTests
{
    private const string FromSources = "dotnet run --project src/Cli -c Release -- ";

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/tour.md")]
    public async Task Every_command_prints_what_is_shown_below_it(string document)
    {
        using var folder = new TempFolder();
        await using var shell = new Shell(folder.Path);
        var port = FreePort.Next();
        var ran = 0;
        foreach (var (shown, output) in Readme.Commands(document))
        {
            if (shown.StartsWith("dotnet test", StringComparison.Ordinal) || shown.StartsWith("alias", StringComparison.Ordinal))
            {
                // The first is what runs this test; the second names what Shell names by itself.
                continue;
            }

            var command = shown.Replace(FromSources, "featurectl ", StringComparison.Ordinal).Replace($":{Readme.Port}", $":{port}", StringComparison.Ordinal);
            if (command.EndsWith('&'))
            {
                await shell.StartAsync(command.TrimEnd('&', ' '), "listening on", TestContext.Current.CancellationToken);
            }
            else
            {
                var (code, printed, error) = await shell.RunAsync(command, TestContext.Current.CancellationToken);
                Assert.True(code == 0, $"{shown}\nended with {code}: {error}");
                Assert.Equal(Readme.WithoutTimes(Typed(output)), Readme.WithoutTimes(Typed(printed)));
            }

            ran++;
        }

        Assert.True(ran >= 6, $"{document} has {ran} commands that were run");
    }

    [Fact]
    public void The_README_says_how_to_run_the_tests() =>
        Assert.Contains(Readme.Commands(), command => command.Command == "dotnet test -c Release");

    /// <summary>The path of the executable depends on where it was built.</summary>
    private static string Typed(string output) => output
        .Replace(Shell.Featurectl, "featurectl", StringComparison.Ordinal)
        .Replace("src/Cli/bin/Release/net10.0/featurectl", "featurectl", StringComparison.Ordinal);
}
