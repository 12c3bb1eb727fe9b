using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Tests.Support;

/// <summary>A snapshot whose slices cannot be read.</summary>
internal sealed class DamagedSnapshot(ISnapshot inner) : ISnapshot
{
    public string Id => inner.Id;

    public Catalog Catalog => inner.Catalog;

    public Placement Placement => inner.Placement;

    public int EntityCount(SliceId slice) => inner.EntityCount(slice);

    public long CompleteUntil(int source) => inner.CompleteUntil(source);

    public SliceData Slice(SliceId slice) => throw new SnapshotDamagedException("part.arrow", 64, "expected its checksum");
}
