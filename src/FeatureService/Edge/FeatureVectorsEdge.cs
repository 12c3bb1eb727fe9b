using FeatureService.Contracts.V1;
using FeatureService.Pipeline;
using FeatureService.Pipeline.Replies;
using Grpc.Core;

namespace FeatureService.Edge;

/// <summary>
/// The RPCs of <c>FeatureVectorsService</c>, with the methods of <see cref="VectorsMethods"/> in place of the generated ones: these hide
/// what is inherited, from which nothing is left but the descriptor that reflection shows.
/// </summary>
/// <param name="pipeline">Answers them.</param>
/// <param name="minibatches">Answers streams of minibatches.</param>
/// <param name="failures">Tells minibatches that fail.</param>
[BindServiceMethod(typeof(VectorsMethods), nameof(VectorsMethods.Bind))]
internal sealed class FeatureVectorsEdge(VectorsPipeline pipeline, MinibatchPipeline minibatches, MinibatchFailures failures)
    : FeatureVectorsService.FeatureVectorsServiceBase, IVectorsMethods
{
    /// <inheritdoc/>
    public new Task<VectorsReply> GetFeatureVectors(GetFeatureVectorsRequest request, ServerCallContext context) =>
        pipeline.GetAsync(request, RequestInterceptor.TraceOf(context), context.CancellationToken);

    /// <inheritdoc/>
    public new Task StreamFeatureVectors(
        IAsyncStreamReader<StreamFeatureVectorsRequest> requestStream,
        IServerStreamWriter<StreamFeatureVectorsResponse> responseStream,
        ServerCallContext context)
    {
        var trace = RequestInterceptor.TraceOf(context);
        return minibatches.StreamAsync(
            new GrpcRequestStream<StreamFeatureVectorsRequest>(requestStream),
            new GrpcReplyStream<StreamFeatureVectorsResponse>(responseStream, context.GetHttpContext()),
            failure => failures.StatusOf(failure, trace),
            trace,
            context.CancellationToken);
    }

    /// <inheritdoc/>
    public new Task Backfill(BackfillRequest request, IServerStreamWriter<BackfillResponse> responseStream, ServerCallContext context) =>
        pipeline.BackfillAsync(
            request,
            new GrpcReplyStream<BackfillResponse>(responseStream, context.GetHttpContext()),
            RequestInterceptor.TraceOf(context),
            context.CancellationToken);
}
