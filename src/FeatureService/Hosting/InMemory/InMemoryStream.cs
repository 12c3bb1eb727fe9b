using System.Buffers;
using System.IO.Pipelines;

namespace FeatureService.Hosting.InMemory;

/// <summary>
/// The caller's end of a connection, as a socket's stream would be: one read and one write at a time, each side by side with the
/// other, and asynchronous alone. Disposing it ends both.
/// </summary>
/// <param name="input">What the server writes.</param>
/// <param name="output">What the server reads.</param>
/// <param name="closed">Told once the stream is disposed.</param>
internal sealed class InMemoryStream(PipeReader input, PipeWriter output, Action closed) : Stream
{
    private readonly PipeEnd _reading = new(input.CancelPendingRead, () => input.Complete());
    private readonly PipeEnd _writing = new(output.CancelPendingFlush, () => output.Complete());

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Waits for bytes and takes as many as there are and fit; 0 once the server has closed, or into no room.</summary>
    /// <exception cref="IOException">The server has cut the connection.</exception>
    /// <exception cref="ObjectDisposedException">The stream is disposed, or was during the wait.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _reading.Enter();
        try
        {
            var result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var length = result.IsCanceled ? 0 : (int)Math.Min(buffer.Length, result.Buffer.Length);
            var taken = result.Buffer.Slice(0, length);
            taken.CopyTo(buffer.Span);
            input.AdvanceTo(taken.End);
            _reading.ThrowIfOver();
            return length;
        }
        finally
        {
            _reading.Leave();
        }
    }

    /// <summary>Writes; waits while the server has not read what was written before.</summary>
    /// <exception cref="IOException">The server has closed or cut the connection.</exception>
    /// <exception cref="ObjectDisposedException">The stream is disposed, or was during the wait.</exception>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _writing.Enter();
        try
        {
            var result = await output.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            _writing.ThrowIfOver();
            if (result.IsCompleted)
            {
                throw new IOException("the service has closed the connection");
            }
        }
        finally
        {
            _writing.Leave();
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Nothing is held back: a write is on its way when it has ended.</summary>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc cref="FlushAsync(CancellationToken)"/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Lets what waits here fail, and all that comes after: the server has cut the connection.</summary>
    internal void Cut()
    {
        _reading.Cut();
        _writing.Cut();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _reading.Close();
            _writing.Close();
            closed();
        }

        base.Dispose(disposing);
    }
}
