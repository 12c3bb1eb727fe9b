using System.Collections.Immutable;

namespace FeatureService.Registry;

/// <summary>A file of the views directory as it was last read, and what is served for it.</summary>
/// <param name="File">The file, relative to the views directory.</param>
/// <param name="Text">Its text; null where it could not be read.</param>
/// <param name="Served">The view that requests get: of the file as it is, or its last good version; null where there never was one.</param>
/// <param name="Earlier">Good versions that were served before, newest first; requests that name their version still get them.</param>
/// <param name="Errors">Everything that is wrong with the file as it is now.</param>
/// <param name="ChangedAt">When this was noticed.</param>
public sealed record PublishedFile(
    string File,
    string? Text,
    PublishedView? Served,
    ImmutableArray<PublishedView> Earlier,
    ImmutableArray<string> Errors,
    DateTimeOffset ChangedAt)
{
    /// <summary><c>team/view</c>, as the file's path says.</summary>
    public string FullName => File[..^ViewDirectory.Suffix.Length].Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>The version of a name: the one that is served, then earlier ones.</summary>
    public IEnumerable<PublishedView> Versions => Served is null ? [] : [Served, .. Earlier];
}

/// <summary>The views directory at one moment. Immutable: a reload replaces the whole.</summary>
/// <param name="Files">Its files by name.</param>
/// <param name="Error">Why the directory could not be read, its files being those of the time before; null where it could.</param>
/// <param name="SnapshotIds">The snapshots against which the views were bound.</param>
public sealed record PublishedFiles(ImmutableArray<PublishedFile> Files, string? Error, ImmutableArray<string> SnapshotIds)
{
    /// <summary>No views.</summary>
    public static PublishedFiles None { get; } = new([], null, []);

    /// <summary>Everything that is wrong, file by file.</summary>
    public IEnumerable<string> Errors => Error is null ? Files.SelectMany(f => f.Errors) : Files.SelectMany(f => f.Errors).Prepend(Error);
}
