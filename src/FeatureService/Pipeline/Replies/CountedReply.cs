using FeatureService.Telemetry;
using Google.Protobuf;

namespace FeatureService.Pipeline.Replies;

/// <summary>A stream that tells how many payload bytes go through it.</summary>
/// <typeparam name="T">The message.</typeparam>
/// <param name="inner">Where messages go.</param>
/// <param name="trace">The request that they answer.</param>
/// <param name="payload">A message's payload.</param>
internal sealed class CountedReply<T>(IReplyStream<T> inner, RequestTrace trace, Func<T, ByteString> payload) : IReplyStream<T>
{
    /// <inheritdoc/>
    public Task WriteAsync(T message, CancellationToken cancellation)
    {
        trace.Sent(payload(message).Length);
        return inner.WriteAsync(message, cancellation);
    }

    /// <inheritdoc/>
    public void Reset() => inner.Reset();
}
