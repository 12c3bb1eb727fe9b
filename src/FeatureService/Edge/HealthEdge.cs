using FeatureService.Scheduling;
using Grpc.Core;
using Grpc.Health.V1;

namespace FeatureService.Edge;

/// <summary>
/// <c>grpc.health.v1</c>: <c>readiness</c> (and the empty name, which means it) serves from the first byte that is listened to, as
/// everything is loaded before, and until the service drains. <c>liveness</c> serves as long as anything does: a service that drains
/// must not be killed for it.
/// </summary>
/// <param name="admission">Knows whether the service drains.</param>
internal sealed class HealthEdge(Admission admission) : Health.HealthBase
{
    private const string Liveness = "liveness";
    private static readonly string[] _services = ["", "readiness", Liveness];

    /// <inheritdoc/>
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) =>
        _services.Contains(request.Service)
            ? Task.FromResult(Current(request.Service))
            : throw new RpcException(new Status(StatusCode.NotFound, "expected 'liveness', 'readiness' or an empty service"));

    /// <inheritdoc/>
    public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, admission.Draining);
        var isKnown = _services.Contains(request.Service);
        var first = isKnown ? Current(request.Service) : new HealthCheckResponse { Status = HealthCheckResponse.Types.ServingStatus.ServiceUnknown };
        await responseStream.WriteAsync(first, context.CancellationToken).ConfigureAwait(false);
        await Task.Delay(Timeout.Infinite, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (isKnown && !context.CancellationToken.IsCancellationRequested && first.Status != Current(request.Service).Status)
        {
            await responseStream.WriteAsync(Current(request.Service), context.CancellationToken).ConfigureAwait(false);
        }
    }

    private HealthCheckResponse Current(string service) => new()
    {
        Status = service != Liveness && admission.Draining.IsCancellationRequested
            ? HealthCheckResponse.Types.ServingStatus.NotServing
            : HealthCheckResponse.Types.ServingStatus.Serving,
    };
}
