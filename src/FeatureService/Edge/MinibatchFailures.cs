using FeatureService.Telemetry;
using Google.Protobuf;

namespace FeatureService.Edge;

/// <summary>Gives a minibatch that fails the status that a call would have, while its stream lives on.</summary>
/// <param name="log">Where faults of the service itself go.</param>
internal sealed partial class MinibatchFailures(ILogger<MinibatchFailures> log)
{
    /// <summary>The bytes of the failure's <c>google.rpc.Status</c>.</summary>
    /// <param name="failure">What ended the minibatch.</param>
    /// <param name="trace">The stream, which counts it.</param>
    public ByteString StatusOf(Exception failure, RequestTrace trace)
    {
        trace.Refused(StatusMapper.Told(failure, isCancelled: false, isLate: false).Reason);
        var known = StatusMapper.Map(failure, isCancelled: false);
        if (known is null)
        {
            LogFault(trace.Method, failure);
        }

        return StatusMapper.StatusOf(known ?? StatusMapper.Unknown()).ToByteString();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method}: a minibatch failed")]
    private partial void LogFault(string method, Exception exception);
}
