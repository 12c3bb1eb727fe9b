using FeatureService.Contracts.V1;
using FeatureService.Pipeline;
using Grpc.Core;

namespace FeatureService.Edge;

/// <summary>The RPCs of <c>FeatureViewsService</c>.</summary>
/// <param name="pipeline">Answers them.</param>
internal sealed class FeatureViewsEdge(ViewsPipeline pipeline) : FeatureViewsService.FeatureViewsServiceBase
{
    /// <inheritdoc/>
    public override Task<ValidateResponse> Validate(ValidateRequest request, ServerCallContext context) =>
        Task.FromResult(pipeline.Validate(request));

    /// <inheritdoc/>
    public override Task<ListResponse> List(ListRequest request, ServerCallContext context) => Task.FromResult(pipeline.List(request));

    /// <inheritdoc/>
    public override Task<GetResponse> Get(GetRequest request, ServerCallContext context) => Task.FromResult(pipeline.Get(request));
}
