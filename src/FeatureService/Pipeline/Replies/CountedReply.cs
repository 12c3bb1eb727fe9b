using FeatureService.Contracts.V1;
using FeatureService.Telemetry;

namespace FeatureService.Pipeline.Replies;

/// <summary>A stream that tells how many payload bytes go through it.</summary>
/// <param name="inner">Where messages go.</param>
/// <param name="trace">The request that they answer.</param>
internal sealed class CountedReply(IReplyStream<BackfillResponse> inner, RequestTrace trace) : IReplyStream<BackfillResponse>
{
    /// <inheritdoc/>
    public Task WriteAsync(BackfillResponse message, CancellationToken cancellation)
    {
        trace.Sent(message.Payload.Length);
        return inner.WriteAsync(message, cancellation);
    }

    /// <inheritdoc/>
    public void Reset() => inner.Reset();
}
