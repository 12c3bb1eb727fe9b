using FeatureService.Pipeline.Requests;
using Google.Protobuf;
using Grpc.Core;

namespace FeatureService.Edge;

/// <summary>A caller's gRPC stream as the pipeline reads it.</summary>
/// <typeparam name="T">The message.</typeparam>
/// <param name="reader">The stream.</param>
internal sealed class GrpcRequestStream<T>(IAsyncStreamReader<T> reader) : IRequestStream<T>
    where T : class
{
    /// <inheritdoc/>
    public async Task<T?> NextAsync(CancellationToken cancellation)
    {
        try
        {
            return await reader.MoveNext(cancellation).ConfigureAwait(false) ? reader.Current : null;
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or RpcException { StatusCode: StatusCode.Internal or StatusCode.Unknown })
        {
            // The framework calls bytes that are no message an internal error; they are the caller's.
            throw RequestException.Invalid("message", "is not a readable message of this method");
        }
    }
}
