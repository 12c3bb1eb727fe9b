using FeatureService.Core.Columns.Hashing;
using Google.Protobuf;

namespace FeatureService.Client.FanOut;

/// <summary>Who stores what a shard's streams bring.</summary>
internal interface IShardReceiver
{
    /// <summary>Where the first stream begins: behind the last slice that the receiver has already; empty for all of the shard.</summary>
    ByteString Start => ByteString.Empty;

    /// <summary>Takes a batch; reading goes on when it returns, so a slow receiver stops the service.</summary>
    ValueTask AcceptAsync(FeatureBatch batch, CancellationToken cancellation);

    /// <summary>Takes the cells of a slice that have no value.</summary>
    void AcceptErrors(IReadOnlyList<DatasetCellError> errors, ulong count);

    /// <summary>Takes what slices have cost; nothing where the service does not tell.</summary>
    void AcceptCost(SliceCost cost);

    /// <summary>Takes the hashes of a slice's columns, of which batches were finished ones; its batches have come before.</summary>
    /// <param name="hashes">One for each column of the header.</param>
    void AcceptHashes(IReadOnlyList<ColumnHash> hashes)
    {
        // For those who ask for no finished columns.
    }

    /// <summary>A slice is whole.</summary>
    /// <param name="cursor">Where a stream goes on behind it.</param>
    /// <param name="last">Whether it is the shard's last one.</param>
    void AcceptSlice(ByteString cursor, bool last)
    {
        // For those who do not go on elsewhere.
    }
}
