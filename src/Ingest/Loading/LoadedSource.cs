using FeatureService.Ingest.Inputs;
using FeatureService.Ingest.Storing;

namespace FeatureService.Ingest.Loading;

/// <summary>All events of one source.</summary>
internal sealed class LoadedSource
{
    /// <summary>The source.</summary>
    public required SourceSchema Schema { get; init; }

    /// <summary>The events.</summary>
    public required EventStore Events { get; init; }

    /// <summary>For each column of strings its texts, else null.</summary>
    public required TextTable?[] Texts { get; init; }

    /// <summary>What was read and left out.</summary>
    public required SourceReport Report { get; init; }

    /// <summary>The first and the last event's time; the greatest and the least int64 where there is none.</summary>
    public required (long First, long Last) Times { get; init; }

    /// <summary>The last event's time, events of the future not counted; the least int64 where there is none.</summary>
    public required long LastTime { get; init; }

    /// <summary>What is wrong with facts without time of which there are several for an entity.</summary>
    public required IReadOnlyList<string> SecondRows { get; init; }
}
