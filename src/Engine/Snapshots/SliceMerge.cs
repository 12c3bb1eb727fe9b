using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;

namespace FeatureService.Engine.Snapshots;

/// <summary>Puts the sources' entities of a slice side by side.</summary>
internal static class SliceMerge
{
    /// <summary>Merges the sources' lists of entities; the events stay where they are.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="sources">The slice in each source.</param>
    public static SliceData Merge(Catalog catalog, ReadOnlySpan<SegmentEvents> sources)
    {
        var lists = new EntityKeys[sources.Length];
        for (var s = 0; s < lists.Length; s++)
        {
            lists[s] = sources[s].Keys;
        }

        var keys = new KeyListBuilder(catalog.EntityType);
        var firstCutoffs = new List<int>();
        var offsets = lists.Select(_ => new List<int>()).ToArray();
        var next = new int[lists.Length];
        while (KeyListBuilder.Least(lists, next) is var least && least >= 0)
        {
            var leastIndex = next[least];
            keys.Add(lists[least], leastIndex);
            var firstCutoff = SourceEvents.Never;
            for (var s = 0; s < lists.Length; s++)
            {
                // A source without the entity has an empty range: it starts and ends where the next entity's events start.
                offsets[s].Add(sources[s].EventStarts.Span[next[s]]);
                if (next[s] < lists[s].Count && SegmentEvents.Compare(lists[s], next[s], lists[least], leastIndex) == 0)
                {
                    firstCutoff = Math.Min(firstCutoff, sources[s].EntityFirstCutoffs.Span[next[s]]);
                    next[s]++;
                }
            }

            firstCutoffs.Add(firstCutoff);
        }

        var events = new SourceEvents[sources.Length];
        for (var s = 0; s < events.Length; s++)
        {
            offsets[s].Add(sources[s].EventStarts.Span[^1]);
            events[s] = catalog.Sources[s].Always
                ? SourceEvents.OfFacts([.. offsets[s]], sources[s].Columns)
                : new SourceEvents([.. offsets[s]], sources[s].Times, sources[s].FirstCutoffs, sources[s].Columns);
        }

        return new SliceData(keys.Build(), [.. firstCutoffs], events);
    }
}
