using System.Text.Json.Serialization;

namespace FeatureService.Engine.Snapshots;

/// <summary>Where a buffer lies in its file.</summary>
/// <param name="Offset">Bytes from the file's start, a multiple of 64.</param>
/// <param name="Length">Bytes of content, padding not counted.</param>
public readonly record struct BufferPlace(long Offset, long Length);

/// <summary>
/// What <c>snapshots/&lt;id&gt;.json</c> says: all that is needed to read the segments by pointer, and what content the snapshot has.
/// </summary>
public sealed record SnapshotManifest
{
    /// <summary>The version of the format that this program writes, and the newest it reads.</summary>
    public const int FormatVersionNewest = 1;

    /// <summary>Version of the format of manifest and segments.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>Hash of the logical content, <see cref="SnapshotContent.Id"/>.</summary>
    public required string Id { get; init; }

    /// <summary>The catalog in normal form, its columns' types resolved.</summary>
    public required CatalogEntry Catalog { get; init; }

    /// <summary>The rules of every zone that the catalog names, by the zone's name.</summary>
    public required SortedDictionary<string, ZoneEntry> Zones { get; init; }

    /// <summary>For each source the instant before which it is whole, microseconds UTC; the greatest int64 for facts without time.</summary>
    public required long[] CompleteUntil { get; init; }

    /// <summary>Number of partitions.</summary>
    public required int Partitions { get; init; }

    /// <summary>Number of slices in each partition.</summary>
    public required int SlicesPerPartition { get; init; }

    /// <summary>Number of entities of each slice, in the order of partition and slice.</summary>
    public required int[] SliceEntityCounts { get; init; }

    /// <summary>For each source its digests.</summary>
    public required DigestEntry[] Digests { get; init; }

    /// <summary>The files, in the order of partition, source and generation.</summary>
    public required SegmentEntry[] Segments { get; init; }
}

/// <summary>The digests of one source: 16 bytes for each slice and period of 16 weeks; zero where it has no events.</summary>
/// <param name="Periods">Numbers of the periods that have events, ascending: the floor of a week's number over 16; facts without time lie in 0.</param>
/// <param name="Values">Slice by slice its periods' digests.</param>
public sealed record DigestEntry(int[] Periods, byte[] Values);

/// <summary>A zone's table.</summary>
/// <param name="Starts">Instants from which each offset holds, microseconds UTC.</param>
/// <param name="OffsetSeconds">Seconds east of UTC.</param>
public sealed record ZoneEntry(long[] Starts, int[] OffsetSeconds);

/// <summary>A catalog in normal form.</summary>
/// <param name="EntityName">Name of the entity.</param>
/// <param name="EntityType"><c>int64</c> or <c>string</c>.</param>
/// <param name="TimeZone">Name of the zone of weeks, days and hours.</param>
/// <param name="WeekStarts">The English name of the day, in lower case.</param>
/// <param name="Sources">The sources in the order of the catalog.</param>
public sealed record CatalogEntry(string EntityName, string EntityType, string TimeZone, string WeekStarts, SourceEntry[] Sources);

/// <summary>One source of a catalog in normal form.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="TimeColumn">Index of the time column; -1 for facts without time.</param>
/// <param name="AvailableColumn">Index of the availability column, or -1.</param>
/// <param name="SettlesWithin">A length in normal form, or null.</param>
/// <param name="TimeZone">Name of the zone of stamps without zone.</param>
/// <param name="Reading">How text becomes values, in normal form.</param>
public sealed record SourceEntry(
    string Name, ColumnEntry[] Columns, int TimeColumn, int AvailableColumn, string? SettlesWithin, string TimeZone, string Reading);

/// <summary>One column of a source.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Name of its type, as in catalogs.</param>
/// <param name="DecimalScale">For <c>decimal(N)</c> the N; else null.</param>
public sealed record ColumnEntry(string Name, string Type, int? DecimalScale);

/// <summary>One segment: the events of one source in one partition that one build or append added. An Arrow IPC file.</summary>
public sealed record SegmentEntry
{
    /// <summary>Name of the file below the snapshot's folder, with <c>/</c>.</summary>
    public required string File { get; init; }

    /// <summary>Bytes of the file.</summary>
    public required long FileLength { get; init; }

    /// <summary>The partition.</summary>
    public required int Partition { get; init; }

    /// <summary>Index of the source in the catalog.</summary>
    public required int Source { get; init; }

    /// <summary>For each slice its first entity, and behind the last the number of entities.</summary>
    public required int[] SliceEntityStarts { get; init; }

    /// <summary>For each slice its first event, and behind the last the number of events.</summary>
    public required int[] SliceEventStarts { get; init; }

    /// <summary>Keys of the entities, ascending in each slice: int64, or int32 offsets of <see cref="KeyTexts"/>.</summary>
    public required BufferPlace Keys { get; init; }

    /// <summary>UTF-8 of text keys; empty for integers.</summary>
    public required BufferPlace KeyTexts { get; init; }

    /// <summary>For each entity the first week whose cutoff sees any of its events, int32; for facts without time none does.</summary>
    public required BufferPlace EntityFirstCutoffs { get; init; }

    /// <summary>Where each entity's events start, and behind the last where they end, int32.</summary>
    public required BufferPlace EventStarts { get; init; }

    /// <summary>Instants of the events, int64; empty for facts without time.</summary>
    public required BufferPlace Times { get; init; }

    /// <summary>First cutoffs of the events, int32; empty for facts without time.</summary>
    public required BufferPlace FirstCutoffs { get; init; }

    /// <summary>One for each column of the source.</summary>
    public required ColumnPlaces[] Columns { get; init; }

    /// <summary>XXH3-64 of each block of 64 KiB of the file, 8 little-endian bytes each.</summary>
    public required byte[] Checksums { get; init; }

    /// <summary>Number of entities.</summary>
    [JsonIgnore]
    public int EntityCount => SliceEntityStarts[^1];

    /// <summary>Number of events.</summary>
    [JsonIgnore]
    public int EventCount => SliceEventStarts[^1];
}

/// <summary>Where a column's buffers lie.</summary>
/// <param name="Data">Values, or codes, or bits.</param>
/// <param name="Validity">One bit an event; empty where all are valid.</param>
/// <param name="DictionaryCount">Number of texts; 0 where the column holds none.</param>
/// <param name="DictionaryOffsets">int32 offsets of the texts.</param>
/// <param name="DictionaryTexts">UTF-8 of the texts.</param>
public sealed record ColumnPlaces(
    BufferPlace Data, BufferPlace Validity, int DictionaryCount, BufferPlace DictionaryOffsets, BufferPlace DictionaryTexts);

/// <summary>What <c>manifest.json</c> says.</summary>
/// <param name="FormatVersion">Version of the format.</param>
/// <param name="Snapshot">Id of the current snapshot.</param>
public sealed record CurrentEntry(int FormatVersion, string Snapshot);

/// <summary>The version of any manifest's format, whatever else it says.</summary>
/// <param name="FormatVersion">Version of the format.</param>
internal sealed record FormatEntry(int FormatVersion);

/// <summary>Readers and writers of the manifests, made at compile time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SnapshotManifest))]
[JsonSerializable(typeof(CurrentEntry))]
[JsonSerializable(typeof(FormatEntry))]
internal sealed partial class ManifestJson : JsonSerializerContext;
