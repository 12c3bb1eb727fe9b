using FeatureService.Core.Columns;
using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Execution;

/// <summary>Times of some events of a batch that are evaluated together.</summary>
internal readonly unsafe struct EventChunk
{
    /// <summary>The first event, counted over all events of the batch.</summary>
    public required int First { get; init; }

    /// <summary>Microseconds UTC of each event.</summary>
    public required long* Times { get; init; }

    /// <summary>For each event the week behind the one in which it lies.</summary>
    public required int* Cuts { get; init; }

    /// <summary>For each event the first week whose cutoff sees it.</summary>
    public required int* Seen { get; init; }

    /// <summary>One bit an event that some cutoff sees; a null pointer where all are seen some day.</summary>
    public required ulong* EverSeen { get; init; }

    /// <summary>Types of the slots of the frame.</summary>
    public required VectorProgram Program { get; init; }

    /// <summary>Type of a slot; none of no slot.</summary>
    public ColumnType TypeOf(int slot) => slot < 0 ? ColumnType.None : Program.TypeOf(slot);
}
