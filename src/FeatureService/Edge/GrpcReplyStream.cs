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
    /// <remarks>
    /// The call's end ends its writes. A token would only make gRPC abort the call once more, and where the call is over by then, as
    /// when a caller goes while a message is on its way, that fails inside the server and is logged as its fault.
    /// </remarks>
    public Task WriteAsync(T message, CancellationToken cancellation) => writer.WriteAsync(message);

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
