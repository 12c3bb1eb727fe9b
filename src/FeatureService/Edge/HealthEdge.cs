using FeatureService.Scheduling;
using Grpc.Core;
using Grpc.Health.V1;

namespace FeatureService.Edge;

/// <summary>
/// <c>grpc.health.v1</c>: the service as a whole (the empty name) and <c>readiness</c>. Both serve from the first byte that is
/// listened to, as everything is loaded before, and until the service drains.
/// </summary>
/// <param name="admission">Knows whether the service drains.</param>
internal sealed class HealthEdge(Admission admission) : Health.HealthBase
{
    private static readonly string[] _services = ["", "readiness"];

    /// <inheritdoc/>
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) =>
        _services.Contains(request.Service)
            ? Task.FromResult(Current())
            : throw new RpcException(new Status(StatusCode.NotFound, "expected an empty service or 'readiness'"));

    /// <inheritdoc/>
    public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, admission.Draining);
        var isKnown = _services.Contains(request.Service);
        var first = isKnown ? Current() : new HealthCheckResponse { Status = HealthCheckResponse.Types.ServingStatus.ServiceUnknown };
        await responseStream.WriteAsync(first, context.CancellationToken).ConfigureAwait(false);
        await Task.Delay(Timeout.Infinite, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (isKnown && !context.CancellationToken.IsCancellationRequested && first.Status != Current().Status)
        {
            await responseStream.WriteAsync(Current(), context.CancellationToken).ConfigureAwait(false);
        }
    }

    private HealthCheckResponse Current() => new()
    {
        Status = admission.Draining.IsCancellationRequested
            ? HealthCheckResponse.Types.ServingStatus.NotServing
            : HealthCheckResponse.Types.ServingStatus.Serving,
    };
}
