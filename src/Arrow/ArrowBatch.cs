namespace FeatureService.Arrow;

/// <summary>The values of one Arrow array: its nodes and buffers in the order of a walk through its fields.</summary>
public sealed class ArrowBatch
{
    /// <summary>Number of rows.</summary>
    public required long Length { get; init; }

    /// <summary>Length and number of nulls of each field.</summary>
    public List<(long Length, long Nulls)> Nodes { get; } = [];

    /// <summary>The buffers; empty ones are validity of fields without nulls.</summary>
    public List<ReadOnlyMemory<byte>> Buffers { get; } = [];
}
