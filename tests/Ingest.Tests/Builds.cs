using System.Collections.Immutable;
using FeatureService.Core.Columns;
using FeatureService.Engine.Snapshots;
using FeatureService.Testing;

namespace FeatureService.Ingest.Tests;

/// <summary>Builds of one source <c>e</c> of int64 users from text.</summary>
internal static class Builds
{
    /// <summary>Builds a snapshot of one slice from a catalog's text.</summary>
    public static BuildReport Build(TempFolder folder, string yaml, Func<SnapshotBuildOptions, SnapshotBuildOptions>? change = null)
    {
        var options = new SnapshotBuildOptions { OutputFolder = folder["out"], Partitions = 1, SlicesPerPartition = 1 };
        return SnapshotBuilder.Build(Inputs.Catalog(folder, yaml), change?.Invoke(options) ?? options);
    }

    /// <summary>What a build refuses its input with.</summary>
    public static ImmutableArray<string> Refused(TempFolder folder, string yaml, Func<SnapshotBuildOptions, SnapshotBuildOptions>? change = null)
    {
        var error = Assert.Throws<InputException>(() => Build(folder, yaml, change));
        Assert.False(Directory.Exists(folder["out"]) && Directory.EnumerateFileSystemEntries(folder["out"]).Any(path => Path.GetFileName(path) != ".lock"));
        return [.. error.Messages];
    }

    /// <summary>The events of the source as text, a line each, and a line for each entity.</summary>
    public static IReadOnlyList<string> Lines(TempFolder folder)
    {
        using var snapshot = MappedSnapshot.Open(folder["out"]);
        return SnapshotAssert.Lines(snapshot, new Core.Keys.SliceId(0, 0));
    }

    /// <summary>Names and types of the source's columns.</summary>
    public static string Columns(TempFolder folder)
    {
        using var snapshot = MappedSnapshot.Open(folder["out"]);
        return string.Join(", ", snapshot.Catalog.Sources[0].Columns.Select(column => $"{column.Name} {column.Type.Name()}"));
    }

    /// <summary>A catalog of one source.</summary>
    public static string Catalog(string files, string more = "", string zone = "UTC") => $"""
        entity: {"{name: user_id, type: int64}"}
        time_zone: {zone}
        sources:
          e:
            files: {files}
            time: at
        {string.Concat(more.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => "    " + line + "\n"))}
        """;
}
