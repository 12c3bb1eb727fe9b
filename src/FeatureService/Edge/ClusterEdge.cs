using FeatureService.Contracts.V1;
using FeatureService.Pipeline;
using Grpc.Core;

namespace FeatureService.Edge;

/// <summary>The RPCs of <c>ClusterService</c>.</summary>
/// <param name="pipeline">Answers them.</param>
internal sealed class ClusterEdge(TopologyPipeline pipeline) : ClusterService.ClusterServiceBase
{
    /// <inheritdoc/>
    public override Task<GetTopologyResponse> GetTopology(GetTopologyRequest request, ServerCallContext context) =>
        Task.FromResult(pipeline.Get());
}
