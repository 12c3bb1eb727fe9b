namespace FeatureService.Cli.CommandLine;

/// <summary>What the command's exit code says.</summary>
internal enum ExitCode
{
    /// <summary>Everything asked for is done.</summary>
    Done = 0,

    /// <summary>Anything else that ends the command: damaged snapshot, server, disk, cell errors.</summary>
    Failed = 1,

    /// <summary>Arguments, catalog, view, spine or input data are wrong, missing or unreadable.</summary>
    BadInput = 2,

    /// <summary>Partly done; can be resumed.</summary>
    Partial = 3,
}
