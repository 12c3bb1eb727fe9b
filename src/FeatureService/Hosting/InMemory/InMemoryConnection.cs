using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace FeatureService.Hosting.InMemory;

/// <summary>
/// One connection, as the server has it; <see cref="Caller"/> is the other end. Each side completes its own ends of the two pipes and
/// nothing else, since the memory behind an end belongs to whoever reads or writes there.
/// </summary>
internal sealed class InMemoryConnection : DefaultConnectionContext, IMemoryPoolFeature
{
    /// <summary>Bytes on their way in one direction at which the writer waits.</summary>
    private const int BytesAheadMax = 256 << 10;

    private readonly Ends _ends;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _closed = new();
    private Task? _closing;

    /// <summary>A connection that the server has not accepted yet.</summary>
    /// <param name="id">Its name in logs.</param>
    /// <param name="pool">Where bytes lie on their way.</param>
    public InMemoryConnection(string id, MemoryPool<byte> pool)
        : base(id)
    {
        MemoryPool = pool;
        var requests = NewPipe();
        var answers = NewPipe();
        _ends = new Ends(requests.Reader, answers.Writer);
        Caller = new InMemoryStream(answers.Reader, requests.Writer, () => _ = CloseAsync());
        Transport = _ends;
        LocalEndPoint = InMemoryEndPoint.Instance;
        RemoteEndPoint = InMemoryEndPoint.Instance;
        ConnectionClosed = _closed.Token;
        Features.Set<IMemoryPoolFeature>(this);
    }

    /// <inheritdoc/>
    public MemoryPool<byte> MemoryPool { get; }

    /// <summary>The caller's end.</summary>
    public InMemoryStream Caller { get; }

    /// <summary>Cuts the connection: whoever waits for it, on either side, goes on at once; what is on its way is lost.</summary>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        _ends.Input.CancelPendingRead();
        _ends.Output.CancelPendingFlush();
        Caller.Cut();
        _ = CloseAsync();
    }

    /// <summary>Closes the server's ends; the caller still reads what was written.</summary>
    public override async ValueTask DisposeAsync()
    {
        await _ends.Input.CompleteAsync().ConfigureAwait(false);
        await _ends.Output.CompleteAsync().ConfigureAwait(false);
        await CloseAsync().ConfigureAwait(false);
        _closed.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Tells the server that the connection is over, on another thread, as the server may hold locks here.</summary>
    private Task CloseAsync()
    {
        lock (_lock)
        {
            return _closing ??= _closed.CancelAsync();
        }
    }

    /// <summary>
    /// Neither side runs on the other's thread: the server flushes inside the lock of its frame writer, and a caller that went on there
    /// would come back into it.
    /// </summary>
    private Pipe NewPipe() => new(new PipeOptions(
        MemoryPool,
        readerScheduler: PipeScheduler.ThreadPool,
        writerScheduler: PipeScheduler.ThreadPool,
        pauseWriterThreshold: BytesAheadMax,
        resumeWriterThreshold: BytesAheadMax / 2,
        useSynchronizationContext: false));

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
