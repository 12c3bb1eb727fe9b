using FeatureService.Core.Columns;
using FeatureService.Ingest.Inputs;

namespace FeatureService.Ingest.Loading;

/// <summary>All events of one source, in the order of the input, in chunks.</summary>
internal sealed class LoadedSource
{
    /// <summary>The source.</summary>
    public required SourceSchema Schema { get; init; }

    /// <summary>The chunks, in the order of the input.</summary>
    public required List<LoadedChunk> Chunks { get; init; }

    /// <summary>For each column of strings its texts, else null.</summary>
    public required TextTable?[] Texts { get; init; }

    /// <summary>What was read and left out.</summary>
    public required SourceReport Report { get; init; }

    /// <summary>The last event's time, events of the future not counted; the least int64 where there is none.</summary>
    public required long LastTime { get; init; }
}

/// <summary>A run of events.</summary>
internal sealed class LoadedChunk
{
    /// <summary>Place in the input.</summary>
    public required int Index { get; init; }

    /// <summary>Each event's entity.</summary>
    public required int[] Entities { get; init; }

    /// <summary>Of facts without time where each is in the input; else null.</summary>
    public required RowPlaces? Places { get; init; }

    /// <summary>Each event's instant; empty for facts without time.</summary>
    public required long[] Times { get; init; }

    /// <summary>The instant at which each became known, the greatest int64 where never; empty where the source does not say.</summary>
    public required long[] Available { get; init; }

    /// <summary>The source's columns; codes count in the source's texts.</summary>
    public required LoadedColumn[] Columns { get; init; }
}

/// <summary>One column of a run of events, or of a source's sorted events.</summary>
/// <param name="Type">The type of the values.</param>
/// <param name="Wide">Values of 8 bytes, or none.</param>
/// <param name="Narrow">Days, codes, or 1 and 0; or none.</param>
/// <param name="Valid">Which have a value; empty where all have.</param>
internal sealed record LoadedColumn(ColumnType Type, long[] Wide, int[] Narrow, bool[] Valid);
