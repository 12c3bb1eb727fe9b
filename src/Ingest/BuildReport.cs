using System.Collections.Immutable;
using FeatureService.Ingest.Loading;

namespace FeatureService.Ingest;

/// <summary>What a build did.</summary>
public sealed record BuildReport
{
    /// <summary>Id of the snapshot.</summary>
    public required string SnapshotId { get; init; }

    /// <summary>Number of entities.</summary>
    public required long EntityCount { get; init; }

    /// <summary>Number of partitions.</summary>
    public required int Partitions { get; init; }

    /// <summary>Number of slices in each partition.</summary>
    public required int SlicesPerPartition { get; init; }

    /// <summary>One for each source of the catalog.</summary>
    public required ImmutableArray<SourceReport> Sources { get; init; }

    /// <summary>The most bytes of events, tables and work that the build held in memory at once.</summary>
    public required long PeakBytes { get; init; }

    /// <summary>Bytes of events that were spilled to temporary files; 0 where all fitted in memory.</summary>
    public required long SpilledBytes { get; init; }

    /// <summary>How long the build took.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Number of events of all sources; facts without time are none.</summary>
    public long EventCount => Sources.Where(source => !source.Always).Sum(source => source.EventCount);
}

/// <summary>What was read of a source and what was left out.</summary>
public sealed record SourceReport
{
    /// <summary>The source's name.</summary>
    public required string Source { get; init; }

    /// <summary>Whether the source holds facts without time.</summary>
    public required bool Always { get; init; }

    /// <summary>Rows taken: events, or facts without time.</summary>
    public required long EventCount { get; init; }

    /// <summary>Rows left out as they have no entity.</summary>
    public required long WithoutEntity { get; init; }

    /// <summary>Rows left out as they have no time; 0 of facts without time.</summary>
    public required long WithoutTime { get; init; }

    /// <summary>Rows left out as a value cannot be read as its type.</summary>
    public required long BadCount { get; init; }

    /// <summary>The first ten of them.</summary>
    public required ImmutableArray<BadRow> BadRows { get; init; }

    /// <summary>Rows taken whose time is more than a day after the clock.</summary>
    public required long FutureCount { get; init; }

    /// <summary>File and line of the first of them; null where there is none.</summary>
    public required string? FirstFutureRow { get; init; }
}

/// <summary>What a build is doing.</summary>
public enum BuildStage
{
    /// <summary>Finding the types of the columns.</summary>
    Resolving,

    /// <summary>Reading a source.</summary>
    Reading,

    /// <summary>Sorting a source's events.</summary>
    Sorting,

    /// <summary>Writing a source's segments.</summary>
    Writing,
}

/// <summary>How far a build is.</summary>
/// <param name="Stage">What it is doing.</param>
/// <param name="Source">The source; null where all are meant.</param>
/// <param name="Done">Rows read, or partitions written.</param>
/// <param name="Total">How many there are; null where that is not known.</param>
public sealed record BuildProgress(BuildStage Stage, string? Source, long Done, long? Total);

/// <summary>Choices of a build.</summary>
public sealed record SnapshotBuildOptions
{
    /// <summary>The folder of the snapshot; made where it is missing.</summary>
    public required string OutputFolder { get; init; }

    /// <summary>Number of partitions, a power of two from 1 to 4,096; null: as many as the events need.</summary>
    public int? Partitions { get; init; }

    /// <summary>Number of slices in each partition, a power of two from 1 to 65,536; null: as many as the entities need.</summary>
    public int? SlicesPerPartition { get; init; }

    /// <summary>The most rows with unreadable values that are left out before the build fails; default 0.</summary>
    public long MaxBadRows { get; init; }

    /// <summary>Whether events more than a day after the clock are taken; else they fail the build. Default false.</summary>
    public bool AllowFuture { get; init; }

    /// <summary>
    /// The most bytes that the build may hold of events, of rows while they are read, of what sorts them, and of tables of entities and
    /// distinct texts; events beyond it are spilled to temporary files in the folder. The snapshot is the same whatever it is. The runtime
    /// and its libraries come on top. Null, the default, is no bound.
    /// </summary>
    public long? MemoryBytes { get; init; }

    /// <summary>The clock; default the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
