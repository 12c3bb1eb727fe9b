using FeatureService.Contracts.V1;
using FeatureService.Pipeline.Replies;
using Grpc.Core;

namespace FeatureService.Edge;

/// <summary>The handlers of <see cref="VectorsMethods"/>. The framework looks for virtual methods, as those of an interface are.</summary>
internal interface IVectorsMethods
{
    /// <summary>Answers a few rows.</summary>
    Task<VectorsReply> GetFeatureVectors(GetFeatureVectorsRequest request, ServerCallContext context);

    /// <summary>Answers minibatches.</summary>
    Task StreamFeatureVectors(
        IAsyncStreamReader<StreamFeatureVectorsRequest> requestStream,
        IServerStreamWriter<StreamFeatureVectorsResponse> responseStream,
        ServerCallContext context);

    /// <summary>Streams a grid.</summary>
    Task Backfill(BackfillRequest request, IServerStreamWriter<BackfillResponse> responseStream, ServerCallContext context);
}
