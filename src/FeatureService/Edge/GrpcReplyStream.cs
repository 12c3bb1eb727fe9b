using FeatureService.Pipeline.Replies;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace FeatureService.Edge;

/// <summary>A gRPC stream as the pipeline writes it.</summary>
/// <typeparam name="T">The message.</typeparam>
/// <param name="writer">The stream.</param>
/// <param name="http">The call's HTTP/2 stream.</param>
internal sealed class GrpcReplyStream<T>(IServerStreamWriter<T> writer, HttpContext http) : IReplyStream<T>
{
    /// <summary>HTTP/2's REFUSED_STREAM: gRPC reads it as UNAVAILABLE. A status cannot be sent behind bytes that nobody reads.</summary>
    private const int RefusedStream = 7;

    /// <inheritdoc/>
    public Task WriteAsync(T message, CancellationToken cancellation) => writer.WriteAsync(message, cancellation);

    /// <inheritdoc/>
    public void Reset()
    {
        if (http.Features.Get<IHttpResetFeature>() is { } reset)
        {
            reset.Reset(RefusedStream);
        }
        else
        {
            http.Abort();
        }
    }
}
