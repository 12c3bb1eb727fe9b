using System.CommandLine;

namespace FeatureService.Cli;

/// <summary><c>featurectl view</c>: feature views.</summary>
internal static class ViewCommand
{
    /// <summary>The verb.</summary>
    public static Command Create() => new("view", "Check feature views.");
}
