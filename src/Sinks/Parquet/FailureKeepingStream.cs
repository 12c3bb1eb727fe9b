using System.Runtime.ExceptionServices;
using ParquetSharp;

namespace FeatureService.Sinks.Parquet;

/// <summary>
/// Passes writes on and keeps what made one fail: the native writer tells of a full disk by an exception of its own, whose message is a
/// stack trace.
/// </summary>
/// <param name="output">Where the bytes go; it stays open.</param>
internal sealed class FailureKeepingStream(Stream output) : Stream
{
    private IOException? _failure;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => output.Length;

    /// <inheritdoc/>
    public override long Position
    {
        get => output.Position;
        set => throw new NotSupportedException();
    }

    /// <summary>Runs a step of the native writer; where the step failed as a write had, the write's exception ends it.</summary>
    /// <param name="step">The step.</param>
    /// <returns>What the step gave.</returns>
    public T Run<T>(Func<T> step)
    {
        try
        {
            return step();
        }
        catch (ParquetException) when (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
            throw;
        }
    }

    /// <inheritdoc cref="Run{T}(Func{T})"/>
    public void Run(Action step) => Run(() =>
    {
        step();
        return true;
    });

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            output.Write(buffer);
        }
        catch (IOException failure)
        {
            _failure = failure;
            throw;
        }
    }

    /// <inheritdoc/>
    public override void Flush() => output.Flush();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
