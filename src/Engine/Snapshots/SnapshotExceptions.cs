namespace FeatureService.Engine.Snapshots;

/// <summary>There is no snapshot where one was expected, or this program cannot read its format.</summary>
/// <param name="message">What is missing, where, and what was expected.</param>
/// <param name="inner">What the file system said; null where it said nothing.</param>
public sealed class SnapshotNotFoundException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>A file of a snapshot is not as it was written.</summary>
/// <param name="file">The file.</param>
/// <param name="offset">Bytes from the file's start to the damaged block.</param>
/// <param name="what">What was expected there.</param>
public sealed class SnapshotDamagedException(string file, long offset, string what)
    : Exception(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"damaged snapshot: {file} at offset {offset}: {what}"))
{
    /// <summary>The damaged file.</summary>
    public string File { get; } = file;

    /// <summary>Bytes from the file's start to the damaged block.</summary>
    public long Offset { get; } = offset;
}
