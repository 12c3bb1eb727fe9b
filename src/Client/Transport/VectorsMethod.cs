using FeatureService.Contracts.V1;
using Google.Protobuf;
using Grpc.Core;

namespace FeatureService.Client.Transport;

/// <summary>GetFeatureVectors, with answers that are read by hand.</summary>
internal static class VectorsMethod
{
    private static readonly Method<GetFeatureVectorsRequest, ReceivedVectors> _get = new(
        MethodType.Unary,
        FeatureVectorsService.Descriptor.FullName,
        "GetFeatureVectors",
        Marshallers.Create<GetFeatureVectorsRequest>(Write, context => GetFeatureVectorsRequest.Parser.ParseFrom(context.PayloadAsReadOnlySequence())),
        Marshallers.Create<ReceivedVectors>(
            (_, _) => throw new NotSupportedException("a client writes no answers"), context => new ReceivedVectors(context.PayloadAsReadOnlySequence())));

    /// <summary>Makes the call.</summary>
    /// <param name="invoker">Makes calls.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="options">Deadline and cancellation.</param>
    public static AsyncUnaryCall<ReceivedVectors> Call(CallInvoker invoker, GetFeatureVectorsRequest request, CallOptions options) =>
        invoker.AsyncUnaryCall(_get, null, options, request);

    private static void Write(GetFeatureVectorsRequest request, SerializationContext context)
    {
        context.SetPayloadLength(request.CalculateSize());
        request.WriteTo(context.GetBufferWriter());
        context.Complete();
    }
}
