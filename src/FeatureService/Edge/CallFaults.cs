using Grpc.Core;

namespace FeatureService.Edge;

/// <summary>Gives calls that fail the status of their exception.</summary>
/// <param name="log">Where faults of the service itself go.</param>
internal sealed partial class CallFaults(ILogger<CallFaults> log)
{
    /// <summary>The status of a call.</summary>
    /// <param name="exception">What ended it.</param>
    /// <param name="context">The call.</param>
    public RpcException StatusOf(Exception exception, ServerCallContext context)
    {
        if (StatusMapper.Map(exception, context.CancellationToken.IsCancellationRequested) is { } known)
        {
            return known;
        }

        LogFault(context.Method, exception);
        return StatusMapper.Unknown();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} failed")]
    private partial void LogFault(string method, Exception exception);
}
