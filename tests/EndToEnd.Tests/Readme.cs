using System.Text.RegularExpressions;

namespace FeatureService.EndToEnd.Tests;

/// <summary>What README.md and documents like it show: commands after <c>$</c> in its console blocks, each with the output that it prints.</summary>
internal static partial class Readme
{
    /// <summary>The port that the README's service listens on; a test takes a free one in its place.</summary>
    public const string Port = "5090";

    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The commands of a document in order, with what is shown below each.</summary>
    /// <param name="document">The document, relative to the root.</param>
    public static IReadOnlyList<(string Command, string Output)> Commands(string document = "README.md")
    {
        var commands = new List<(string, string)>();
        foreach (Match block in ConsoleBlock().Matches(File.ReadAllText(Path.Combine(Root, document))))
        {
            foreach (var part in block.Groups[1].Value.Split("\n$ ", StringSplitOptions.RemoveEmptyEntries))
            {
                commands.Add(CommandOf(part.TrimStart('$', ' ', '\n').Split('\n')));
            }
        }

        return commands;
    }

    /// <summary>Output in which times and speeds, which differ from run to run, are left out.</summary>
    public static string WithoutTimes(string output) => Time().Replace(string.Join('\n', output.Split('\n').Select(line => line.TrimEnd())).Trim(), "~");

    /// <summary>A command runs over lines that end in a backslash, and over a here-document to its end.</summary>
    private static (string Command, string Output) CommandOf(string[] lines)
    {
        var count = 1;
        while (lines[count - 1].EndsWith('\\'))
        {
            count++;
        }

        if (HereDocument().Match(lines[0]) is { Success: true } here)
        {
            count = Array.IndexOf(lines, here.Groups[1].Value) + 1;
        }

        return (string.Join('\n', lines[..count]), string.Join('\n', lines[count..]).Trim('\n'));
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "FeatureService.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"no FeatureService.sln above {AppContext.BaseDirectory}");
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"^```console\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex ConsoleBlock();

    [GeneratedRegex(@"<<\s*'?(\w+)'?")]
    private static partial Regex HereDocument();

    [GeneratedRegex(@"([\d.,]+ -> )?[\d.,]+ ((M )?(vectors|events)/s|n?s\b)")]
    private static partial Regex Time();
}
