namespace FeatureService.Pipeline;

/// <summary>Bounds of requests, answers and of what a stream holds in memory.</summary>
public sealed record PipelineLimits
{
    /// <summary>
    /// Rows of a column that are encoded at once, a multiple of 64 so that bitmaps are copied by bytes. Eight float32 columns of them fill a
    /// message of 1 MiB.
    /// </summary>
    internal const int RunRows = 30 * 1024;

    /// <summary>Largest answer of GetFeatureVectors, in bytes of payload; default 4 MiB, what gRPC clients accept unless told otherwise.</summary>
    public long UnaryBytesMax { get; init; } = 4 << 20;

    /// <summary>Largest message of a stream, envelope included; default 1 MiB: 256 KiB to 1 MiB was measured to be fastest.</summary>
    public int MessageBytesMax { get; init; } = 1 << 20;

    /// <summary>Largest request; default 4 MiB.</summary>
    public int RequestBytesMax { get; init; } = 4 << 20;

    /// <summary>Output of a slice that is computed at once; a slice beyond it is computed in parts. Default 32 MiB.</summary>
    public long PartBytesMax { get; init; } = 32 << 20;

    /// <summary>Parts of slices that are computed ahead of the one that is being sent; default 2: one computed, one waiting.</summary>
    public int PartsAhead { get; init; } = 2;

    /// <summary>Minibatches of a stream that may be unanswered; default 8, which the contract tells.</summary>
    public int UnansweredIdsMax { get; init; } = 8;

    /// <summary>Rows of a stream's minibatches that may be unanswered; default 65,536, which the contract tells.</summary>
    public int UnansweredRowsMax { get; init; } = 65_536;

    /// <summary>
    /// Parts of minibatches, each about a message at most, that are computed ahead of the one that is being sent; default 8, so that small
    /// minibatches are all in work at once and wide ones take no more memory than these messages.
    /// </summary>
    public int MinibatchPartsAhead { get; init; } = 8;

    /// <summary>How long one write may wait for the caller to read; default 60 s.</summary>
    public TimeSpan WriteStallMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Most output that one entity may have in a backfill, its weeks and columns together; default 256 MiB.</summary>
    public long EntityBytesMax { get; init; } = 256 << 20;
}
