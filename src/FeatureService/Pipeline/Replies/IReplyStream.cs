namespace FeatureService.Pipeline.Replies;

/// <summary>Where a stream's messages go.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IReplyStream<in T>
{
    /// <summary>Writes one message; ends when the transport has taken its bytes, which may wait for the caller to read.</summary>
    /// <param name="message">The message; its bytes are not touched after the task has ended.</param>
    /// <param name="cancellation">Gives the write up.</param>
    Task WriteAsync(T message, CancellationToken cancellation);

    /// <summary>Cuts the stream, as its caller reads no more; a pending write ends.</summary>
    void Reset();
}
