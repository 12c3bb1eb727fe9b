namespace FeatureService.Client.FanOut;

/// <summary>A column of a batch as the service has finished it for a file; its values are not to be had from it.</summary>
/// <param name="Pieces">Its bytes, in runs as they arrived.</param>
/// <param name="Description">How the file's index describes them, in the words of the file format.</param>
public sealed record FinishedColumn(IReadOnlyList<ReadOnlyMemory<byte>> Pieces, ReadOnlyMemory<byte> Description);
