using FeatureService.Client.Datasets;
using FeatureService.Client.Datasets.Spines;
using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Engine.Snapshots;
using FeatureService.Hosting;
using FeatureService.Ingest;
using Grpc.Core;

namespace FeatureService.Cli.CommandLine;

/// <summary>Which exit code and message an exception ends a command with.</summary>
internal static class ExitCodes
{
    /// <summary>The exit code and the message of an exception.</summary>
    /// <param name="exception">What ended the command.</param>
    /// <param name="cancellation">The token that a signal cancels.</param>
    public static (ExitCode Code, string Message) Of(Exception exception, CancellationToken cancellation) => exception switch
    {
        CliException known => (known.Code, known.Message),
        OperationCanceledException when cancellation.IsCancellationRequested => (ExitCode.Failed, "stopped"),
        FeatureServiceException refused => (CodeOf(refused.Status), MessageOf(refused)),
        PartialBuildException partial => (ExitCode.Partial, $"{partial.Message}\nwhat is finished is kept: --resume goes on from it"),
        DatasetException or SpineException or InputException => (ExitCode.BadInput, exception.Message),
        CellErrorsException cells => (ExitCode.Failed, MessageOf(cells)),
        ArgumentException { ParamName: null } argument => (ExitCode.BadInput, argument.Message),
        ServiceOptionsException or SnapshotNotFoundException => (ExitCode.BadInput, exception.Message),
        SnapshotDamagedException or InvalidDataException => (ExitCode.Failed, exception.Message),
        IOException or UnauthorizedAccessException => (ExitCode.Failed, exception.Message),
        _ => (ExitCode.Failed, $"unexpected error: {exception}"),
    };

    private static ExitCode CodeOf(StatusCode status) =>
        status is StatusCode.InvalidArgument or StatusCode.NotFound ? ExitCode.BadInput : ExitCode.Failed;

    private static string MessageOf(FeatureServiceException refused) => refused.FieldViolations.Count == 0
        ? refused.Message
        : string.Join('\n', refused.FieldViolations.Select(v => $"{FlagOf(v.Field)}: {v.Description}").Distinct());

    /// <summary>The flag that a field of the contract was filled from; both ends of one week are told as one.</summary>
    private static string FlagOf(string field) => field switch
    {
        "grid.weeks.first" or "grid.weeks.last" or "grid.weeks.step" => "--weeks",
        "snapshot.name" => "--snapshot-name",
        _ => field,
    };

    private static string MessageOf(CellErrorsException cells)
    {
        // Each message names feature, entity and week itself.
        var lines = cells.Errors.Select(e => e.Message);
        var more = cells.Count > (ulong)cells.Errors.Count ? $"and {cells.Count - (ulong)cells.Errors.Count} more\n" : "";
        return $"{string.Join('\n', lines)}\n{more}{cells.Count} cells have no value: there is no manifest";
    }
}
