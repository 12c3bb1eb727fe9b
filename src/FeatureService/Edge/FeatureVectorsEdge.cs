using FeatureService.Contracts.V1;
using FeatureService.Pipeline;
using Grpc.Core;

namespace FeatureService.Edge;

/// <summary>The RPCs of <c>FeatureVectorsService</c>.</summary>
/// <param name="pipeline">Answers them.</param>
/// <param name="minibatches">Answers streams of minibatches.</param>
/// <param name="failures">Tells minibatches that fail.</param>
internal sealed class FeatureVectorsEdge(VectorsPipeline pipeline, MinibatchPipeline minibatches, MinibatchFailures failures)
    : FeatureVectorsService.FeatureVectorsServiceBase
{
    /// <inheritdoc/>
    public override async Task<GetFeatureVectorsResponse> GetFeatureVectors(GetFeatureVectorsRequest request, ServerCallContext context)
    {
        var reply = await pipeline.GetAsync(request, RequestInterceptor.TraceOf(context), context.CancellationToken).ConfigureAwait(false);
        // Its buffer is pooled, and the message is written after this method has returned.
        context.GetHttpContext().Response.RegisterForDispose(reply);
        return reply.Message;
    }

    /// <inheritdoc/>
    public override Task StreamFeatureVectors(
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
    public override Task Backfill(BackfillRequest request, IServerStreamWriter<BackfillResponse> responseStream, ServerCallContext context) =>
        pipeline.BackfillAsync(
            request,
            new GrpcReplyStream<BackfillResponse>(responseStream, context.GetHttpContext()),
            RequestInterceptor.TraceOf(context),
            context.CancellationToken);
}
