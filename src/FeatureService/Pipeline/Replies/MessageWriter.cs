using System.Buffers;
using Google.Protobuf;

namespace FeatureService.Pipeline.Replies;

/// <summary>
/// Writes messages whose payloads are pooled buffers: one is filled while the other is on its way. A buffer goes back to the pool
/// only after its write has ended; one whose write never ended is left to the garbage collector.
/// </summary>
/// <typeparam name="T">The message.</typeparam>
/// <param name="stream">Where messages go.</param>
/// <param name="setPayload">Gives a message its payload.</param>
/// <param name="bytesMax">Size of a buffer.</param>
/// <param name="stallMax">How long one write may wait for the caller to read.</param>
/// <param name="afterStall">What a caller that did not read for so long does next, as a message tells it.</param>
/// <param name="time">The clock.</param>
internal sealed class MessageWriter<T>(
    IReplyStream<T> stream, Action<T, ByteString> setPayload, int bytesMax, TimeSpan stallMax, string afterStall, TimeProvider time) : IDisposable
{
    private byte[] _filling = ArrayPool<byte>.Shared.Rent(bytesMax);
    private byte[] _sending = ArrayPool<byte>.Shared.Rent(bytesMax);
    private Task _write = Task.CompletedTask;

    /// <summary>The payload of the next message.</summary>
    public Span<byte> Payload => _filling.AsSpan(0, bytesMax);

    /// <summary>Starts to write a message once the one before is on its way; its payload is what <see cref="Payload"/> was.</summary>
    /// <param name="message">The message without its payload.</param>
    /// <param name="length">Bytes of the payload.</param>
    /// <param name="cancellation">Gives the writes up.</param>
    public async Task WriteAsync(T message, int length, CancellationToken cancellation)
    {
        await FlushAsync(cancellation).ConfigureAwait(false);
        (_filling, _sending) = (_sending, _filling);
        setPayload(message, UnsafeByteOperations.UnsafeWrap(_sending.AsMemory(0, length)));
        _write = stream.WriteAsync(message, cancellation);
    }

    /// <summary>Waits until what was written is on its way.</summary>
    /// <exception cref="RequestException">The caller does not read.</exception>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        try
        {
            await _write.WaitAsync(stallMax, time, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            stream.Reset();
            throw new RequestException(FailureKind.Unavailable, $"nothing was read for {stallMax.TotalSeconds} s: {afterStall}")
            {
                Reason = "STALLED",
            };
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_filling);
        if (_write.IsCompleted)
        {
            ArrayPool<byte>.Shared.Return(_sending);
        }
        else
        {
            // The failure of an abandoned write has been told already.
            _write.ContinueWith(static write => _ = write.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }
}
