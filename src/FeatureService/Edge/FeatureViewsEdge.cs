using FeatureService.Contracts.V1;
using FeatureService.Pipeline;
using Grpc.Core;

namespace FeatureService.Edge;

/// <summary>The RPCs of <c>FeatureViewsService</c>.</summary>
/// <param name="pipeline">Answers them.</param>
/// <param name="traces">Tells how values came about.</param>
/// <param name="comparisons">Compares views.</param>
/// <param name="explanations">Tells what backfills would do.</param>
internal sealed class FeatureViewsEdge(
    ViewsPipeline pipeline, TracePipeline traces, ComparePipeline comparisons, ExplainPipeline explanations)
    : FeatureViewsService.FeatureViewsServiceBase
{
    /// <inheritdoc/>
    public override Task<ValidateResponse> Validate(ValidateRequest request, ServerCallContext context)
    {
        var response = pipeline.Validate(request);
        RequestInterceptor.TraceOf(context).View = response.Name;
        return Task.FromResult(response);
    }

    /// <inheritdoc/>
    public override Task<ListResponse> List(ListRequest request, ServerCallContext context) => Task.FromResult(pipeline.List(request));

    /// <inheritdoc/>
    public override Task<GetResponse> Get(GetRequest request, ServerCallContext context)
    {
        var response = pipeline.Get(request);
        RequestInterceptor.TraceOf(context).View = response.Name;
        return Task.FromResult(response);
    }

    /// <inheritdoc/>
    public override Task<ExplainResponse> Explain(ExplainRequest request, ServerCallContext context) =>
        explanations.ExplainAsync(request, context.CancellationToken);

    /// <inheritdoc/>
    public override Task<TraceResponse> Trace(TraceRequest request, ServerCallContext context) =>
        traces.TraceAsync(request, context.CancellationToken);

    /// <inheritdoc/>
    public override Task<CompareResponse> Compare(CompareRequest request, ServerCallContext context) =>
        comparisons.CompareAsync(request, context.CancellationToken);
}
