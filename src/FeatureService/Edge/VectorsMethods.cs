using FeatureService.Contracts.V1;
using FeatureService.Pipeline.Replies;
using Google.Protobuf;
using Grpc.Core;

namespace FeatureService.Edge;

/// <summary>
/// The methods of <see cref="FeatureVectorsEdge"/> as the wire has them. Those of the generated code, but for the answer of
/// GetFeatureVectors, whose bytes are there already.
/// </summary>
internal static class VectorsMethods
{
    private static readonly Method<GetFeatureVectorsRequest, VectorsReply> _get = Method(
        MethodType.Unary, nameof(FeatureVectorsEdge.GetFeatureVectors), Of(GetFeatureVectorsRequest.Parser), Marshallers.Create<VectorsReply>(Write, Read));

    private static readonly Method<StreamFeatureVectorsRequest, StreamFeatureVectorsResponse> _stream = Method(
        MethodType.DuplexStreaming, nameof(FeatureVectorsEdge.StreamFeatureVectors), Of(StreamFeatureVectorsRequest.Parser), Of(StreamFeatureVectorsResponse.Parser));

    private static readonly Method<BackfillRequest, BackfillResponse> _backfill = Method(
        MethodType.ServerStreaming, nameof(FeatureVectorsEdge.Backfill), Of(BackfillRequest.Parser), Of(BackfillResponse.Parser));

    /// <summary>Names the methods; called by the framework, which finds the handlers by them.</summary>
    /// <param name="binder">Where they go.</param>
    /// <param name="edge">The handlers; null where they are made for each call.</param>
    public static void Bind(ServiceBinderBase binder, FeatureVectorsEdge? edge)
    {
        binder.AddMethod(_get, edge is null ? null : edge.GetFeatureVectors);
        binder.AddMethod(_stream, edge is null ? null : edge.StreamFeatureVectors);
        binder.AddMethod(_backfill, edge is null ? null : edge.Backfill);
    }

    private static Method<TRequest, TResponse> Method<TRequest, TResponse>(
        MethodType type, string name, Marshaller<TRequest> requests, Marshaller<TResponse> responses) =>
        new(type, FeatureVectorsService.Descriptor.FullName, name, requests, responses);

    private static Marshaller<T> Of<T>(MessageParser<T> parser)
        where T : IBufferMessage, IMessage<T> => Marshallers.Create(
            (message, context) =>
            {
                context.SetPayloadLength(message.CalculateSize());
                message.WriteTo(context.GetBufferWriter());
                context.Complete();
            },
            context => parser.ParseFrom(context.PayloadAsReadOnlySequence()));

    private static void Write(VectorsReply reply, SerializationContext context)
    {
        using (reply)
        {
            context.SetPayloadLength(reply.Length);
            reply.WriteTo(context.GetBufferWriter());
            context.Complete();
        }
    }

    private static VectorsReply Read(DeserializationContext context) => throw new NotSupportedException("a service reads no answers");
}
