using System.Threading.Channels;
using FeatureService.Client.FanOut;
using FeatureService.Core.Columns.Hashing;
using Google.Protobuf;

namespace FeatureService.Client.Datasets;

/// <summary>What arrived: a batch, or the end of a slice that is not the shard's last.</summary>
/// <param name="Batch">The batch; null for an end.</param>
/// <param name="Cursor">Where a stream goes on behind the slice; null for a batch.</param>
/// <param name="Told">What was told of the slices that ended.</param>
internal readonly record struct Arrival(FeatureBatch? Batch, ByteString? Cursor, SlicesTold Told);

/// <summary>What streams tell of slices beside their rows.</summary>
/// <param name="Errors">The first cells without a value.</param>
/// <param name="ErrorCount">Number of such cells.</param>
/// <param name="Cost">What they have cost.</param>
internal readonly record struct SlicesTold(IReadOnlyList<DatasetCellError> Errors, ulong ErrorCount, SliceCost Cost)
{
    /// <summary>By column the sums of the hashes of slices that were finished for the file; null where there was none.</summary>
    public IReadOnlyList<ColumnHash>? Hashes { get; init; }

    /// <summary>Nothing.</summary>
    public static SlicesTold None { get; } = new([], 0, default);

    /// <summary>What is told of both, one after the other.</summary>
    public static SlicesTold operator +(SlicesTold a, SlicesTold b) => new(
        [.. a.Errors.Concat(b.Errors).Take(CellErrorsException.ListedMax)], a.ErrorCount + b.ErrorCount, a.Cost + b.Cost)
    {
        Hashes = a.Hashes is null ? b.Hashes : b.Hashes is null ? a.Hashes : [.. a.Hashes.Zip(b.Hashes, (x, y) => x + y)],
    };
}

/// <summary>Between the streams of a shard and what writes it: one batch at a time.</summary>
/// <param name="start">Where the first stream begins.</param>
internal sealed class PartReceiver(ByteString start) : IShardReceiver, IDisposable
{
    private readonly Channel<Arrival> _channel = Channel.CreateUnbounded<Arrival>();
    private readonly SemaphoreSlim _room = new(1);
    private SlicesTold _told = SlicesTold.None;

    /// <inheritdoc/>
    public ByteString Start => start;

    /// <inheritdoc/>
    public async ValueTask AcceptAsync(FeatureBatch batch, CancellationToken cancellation)
    {
        await _room.WaitAsync(cancellation).ConfigureAwait(false);
        _channel.Writer.TryWrite(new Arrival(batch, null, SlicesTold.None));
    }

    /// <inheritdoc/>
    public void AcceptErrors(IReadOnlyList<DatasetCellError> errors, ulong count) => _told += new SlicesTold(errors, count, default);

    /// <inheritdoc/>
    public void AcceptCost(SliceCost cost) => _told += new SlicesTold([], 0, cost);

    /// <inheritdoc/>
    public void AcceptHashes(IReadOnlyList<ColumnHash> hashes) => _told += SlicesTold.None with { Hashes = hashes };

    /// <inheritdoc/>
    public void AcceptSlice(ByteString cursor, bool last)
    {
        if (!last)
        {
            _channel.Writer.TryWrite(new Arrival(null, cursor, TakeTold()));
        }
    }

    /// <summary>What arrives next; null after the last. Throws what ended the streams.</summary>
    public Arrival? Next()
    {
        // On a thread of its own: waiting here holds no thread that others need.
        while (_channel.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            if (_channel.Reader.TryRead(out var arrival))
            {
                return arrival;
            }
        }

        return null;
    }

    /// <summary>The batch is written: there is room for the next.</summary>
    public void Release() => _room.Release();

    /// <summary>What was told since the last end of a slice that arrived; once nothing more arrives.</summary>
    public SlicesTold TakeTold()
    {
        var told = _told;
        _told = SlicesTold.None;
        return told;
    }

    /// <summary>Nothing more arrives.</summary>
    /// <param name="failure">What ended the streams; null where all has arrived.</param>
    public void Complete(Exception? failure) => _channel.Writer.TryComplete(failure);

    /// <inheritdoc/>
    public void Dispose() => _room.Dispose();
}
