using System.CommandLine;

namespace FeatureService.Cli;

/// <summary><c>featurectl dataset</c>: training datasets.</summary>
internal static class DatasetCommand
{
    /// <summary>The verb.</summary>
    public static Command Create() => new("dataset", "Build training datasets.");
}
