namespace FeatureService.Arrow;

/// <summary>Where a record batch or dictionary lies in a file.</summary>
/// <param name="Offset">Its first byte.</param>
/// <param name="MetadataLength">Bytes of its metadata, marker and length included.</param>
/// <param name="BodyLength">Bytes of its buffers, which follow.</param>
public readonly record struct ArrowBlock(long Offset, int MetadataLength, long BodyLength);
