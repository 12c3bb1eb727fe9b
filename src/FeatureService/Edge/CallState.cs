using FeatureService.Telemetry;
using Grpc.Core;

namespace FeatureService.Edge;

/// <summary>What a call carries once its request was read and its handler entered: from there on statuses are ours.</summary>
/// <param name="trace">Follows it; null for health and reflection.</param>
internal sealed class CallState(RequestTrace? trace)
{
    /// <summary>Follows the call.</summary>
    public RequestTrace? Trace => trace;

    /// <summary>The state of a call; null before its handler is entered.</summary>
    public static CallState? Of(HttpContext http) => http.Features.Get<CallState>();

    /// <summary>Gives a call its state.</summary>
    public static void Enter(ServerCallContext context, RequestTrace? trace) => context.GetHttpContext().Features.Set(new CallState(trace));
}
