using FeatureService.Core.Keys;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Engine.Reference;

/// <summary>
/// The specification made runnable: one cell at a time, straight from EVALUATION.md and LANGUAGE.md, without a shared pass, tile
/// array or vector. Slow on purpose; what the kernels compute must have the same bits.
/// </summary>
/// <param name="snapshot">Where the events are.</param>
public sealed class ReferenceEvaluator(ISnapshot snapshot)
{
    /// <summary>The events of one entity, from which its cells are evaluated.</summary>
    /// <param name="key">The entity; one that the snapshot does not know has no events.</param>
    public ReferenceEntity Entity(EntityKey key)
    {
        var slice = snapshot.Slice(snapshot.Placement.SliceOf(key.Hash));
        var index = slice.Keys.BinarySearch(key);
        var sources = new IReadOnlyList<ReferenceEvent>[snapshot.Catalog.Sources.Length];
        for (var source = 0; source < sources.Length; source++)
        {
            sources[source] = index < 0
                ? []
                : ReferenceEvent.Read(snapshot.Catalog, source, slice.Source(source), index);
        }

        return new ReferenceEntity(snapshot, sources);
    }
}
