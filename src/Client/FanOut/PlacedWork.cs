namespace FeatureService.Client.FanOut;

/// <summary>One piece of a fan-out, as far as it matters where it goes: a shard, or one request for listed rows.</summary>
/// <param name="Index">Its number in the fan-out, from 0.</param>
/// <param name="Partition">The partition whose events it reads, or most of them.</param>
/// <param name="RowCount">Rows that are expected.</param>
internal readonly record struct PlacedWork(int Index, int Partition, long RowCount)
{
    /// <summary>How much work it is beside others; never nothing.</summary>
    public long Weight => Math.Max(1, RowCount);
}
