using System.CommandLine;

namespace FeatureService.Cli;

/// <summary><c>featurectl get</c>: vectors of a few entities.</summary>
internal static class GetCommand
{
    /// <summary>The verb.</summary>
    public static Command Create() => new("get", "Print the feature vectors of a few entities.");
}
