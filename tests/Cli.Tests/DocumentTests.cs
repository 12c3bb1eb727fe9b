using System.CommandLine;
using System.Text;
using FeatureService.Client.Datasets;
using FeatureService.Client.Transport;
using FeatureService.Hosting;
using FeatureService.Testing;

namespace FeatureService.Cli.Tests;

/// <summary>docs/cli.md and docs/options.md are what the commands and settings say of themselves.</summary>
public sealed class DocumentTests
{
    private const string Program = "featurectl";

    [Fact]
    public async Task The_page_of_commands_has_the_help_of_every_one()
    {
        var text = new StringBuilder();
        foreach (var command in Below(FeaturectlCommand.Create(), []))
        {
            var help = await Featurectl.RunAsync([.. command, "--help"]);
            Assert.Equal(0, help.Code);
            // The root goes by the name of the process, which here is that of the tests.
            var lines = help.Output.Replace(RootCommand.ExecutableName, Program, StringComparison.Ordinal).Split('\n').Select(line => line.TrimEnd());
            text.Append($"\n### {string.Join(' ', [Program, .. command])}\n\n```text\n{string.Join('\n', lines).Trim()}\n```\n");
        }

        Document.CheckPart("docs/cli.md", "help", text.Append('\n').ToString());
    }

    [Fact]
    public void The_page_of_options_has_every_setting_of_the_service()
    {
        var rows = ServiceSettings.All.Select(setting =>
            $"| `{$"{setting.Flag} {setting.ValueName}".Trim()}` | `{setting.Variable}` | {setting.Description} |\n");
        Document.CheckPart("docs/options.md", "service", "| flag | variable | what it does |\n| --- | --- | --- |\n" + string.Concat(rows));
    }

    [Theory]
    [InlineData("client", typeof(FeatureServiceClientOptions))]
    [InlineData("dataset", typeof(DatasetBuildOptions))]
    public void The_page_of_options_has_every_option_of_the_library(string part, Type options)
    {
        var names = options.GetProperties().Where(property => property.CanWrite).Select(property => $"| `{property.Name}` |");
        var page = Document.Part("docs/options.md", part).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(2);
        Assert.Equal(names, page.Select(line => line[..(line.IndexOf('|', 1) + 1)]));
    }

    /// <summary>The words of every command that does something by itself, in the order of help.</summary>
    private static IEnumerable<string[]> Below(Command command, string[] path) => command.Subcommands.Count == 0
        ? [path]
        : command.Subcommands.SelectMany(child => Below(child, [.. path, child.Name]));
}
