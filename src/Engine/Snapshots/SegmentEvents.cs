using FeatureService.Core.Keys;

namespace FeatureService.Engine.Snapshots;

/// <summary>The events of one source for a run of entities: a range of a segment, or several merged.</summary>
internal sealed record SegmentEvents
{
    /// <summary>The entities, ascending.</summary>
    public required EntityKeys Keys { get; init; }

    /// <summary>For each entity the first week whose cutoff sees any of its events.</summary>
    public required ReadOnlyMemory<int> EntityFirstCutoffs { get; init; }

    /// <summary>For each entity its first event, and behind the last the end; one value where there are no entities.</summary>
    public required ReadOnlyMemory<int> EventStarts { get; init; }

    /// <summary>Instants by event number; empty for facts without time.</summary>
    public required ReadOnlyMemory<long> Times { get; init; }

    /// <summary>First cutoffs by event number; empty for facts without time.</summary>
    public required ReadOnlyMemory<int> FirstCutoffs { get; init; }

    /// <summary>The source's columns, by event number.</summary>
    public required EventColumn[] Columns { get; init; }

    /// <summary>Compares keys of two lists of one type.</summary>
    public static int Compare(EntityKeys left, int leftIndex, EntityKeys right, int rightIndex) => left.Texts is { } texts
        ? texts[leftIndex].SequenceCompareTo(right.Texts![rightIndex])
        : left.Numbers[leftIndex].CompareTo(right.Numbers[rightIndex]);
}
