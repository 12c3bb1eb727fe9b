using FeatureService.Core.Keys;

namespace FeatureService.Engine.Snapshots;

/// <summary>The events of a slice's entities, source by source.</summary>
/// <param name="keys">The entities in ascending order: every one with an event or a fact in any source.</param>
/// <param name="firstCutoffs">For each entity the first week whose cutoff sees any event of a source with time; <see cref="SourceEvents.Never"/> where none.</param>
/// <param name="sources">One for each source of the catalog.</param>
public sealed class SliceData(EntityKeys keys, int[] firstCutoffs, SourceEvents[] sources)
{
    /// <summary>The entities in ascending order.</summary>
    public EntityKeys Keys { get; } = keys;

    /// <summary>Number of entities.</summary>
    public int EntityCount => Keys.Count;

    /// <summary>For each entity the first week whose cutoff sees any of its events, facts without time not counted; <see cref="SourceEvents.Never"/> where none.</summary>
    public ReadOnlySpan<int> FirstCutoffs => firstCutoffs;

    /// <summary>The events of one source.</summary>
    /// <param name="source">Index in <see cref="Definitions.Catalog.Sources"/>.</param>
    public SourceEvents Source(int source) => sources[source];
}
