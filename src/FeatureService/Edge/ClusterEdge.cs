using FeatureService.Contracts.V1;
using FeatureService.Pipeline;
using Grpc.Core;

namespace FeatureService.Edge;

/// <summary>The RPCs of <c>ClusterService</c>.</summary>
/// <param name="topology">Tells what the service holds.</param>
/// <param name="status">Tells what it does.</param>
internal sealed class ClusterEdge(TopologyPipeline topology, StatusPipeline status) : ClusterService.ClusterServiceBase
{
    /// <inheritdoc/>
    public override Task<GetTopologyResponse> GetTopology(GetTopologyRequest request, ServerCallContext context) =>
        Task.FromResult(topology.Get(request));

    /// <inheritdoc/>
    public override Task<GetStatusResponse> GetStatus(GetStatusRequest request, ServerCallContext context) =>
        Task.FromResult(status.Get());
}
