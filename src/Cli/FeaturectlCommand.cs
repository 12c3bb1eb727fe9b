using System.CommandLine;

namespace FeatureService.Cli;

/// <summary>The root command: one line for each verb.</summary>
internal static class FeaturectlCommand
{
    /// <summary>The root with all verbs.</summary>
    /// <param name="time">The clock; null for the system's.</param>
    public static RootCommand Create(TimeProvider? time = null) => new("Point-in-time correct training data from event logs.")
    {
        GetCommand.Create(),
        DatasetCommand.Create(),
        DemoCommand.Create(),
        ServeCommand.Create(),
        ViewCommand.Create(),
        SnapshotCommand.Create(),
        StatusCommand.Create(time ?? TimeProvider.System),
        ExplainCommand.Create(),
        TraceCommand.Create(),
    };
}
