using System.Text.Json;
using System.Text.Json.Serialization;
using FeatureService.Client.Transport;

namespace FeatureService.Client.Datasets;

/// <summary>What a finished dataset is: written last, so a dataset that has one is complete.</summary>
public sealed record DatasetManifest : BuildIdentity
{
    /// <summary>Number of rows.</summary>
    public required long Rows { get; init; }

    /// <summary>Rows by status.</summary>
    public required IReadOnlyDictionary<string, long> RowsByStatus { get; init; }

    /// <summary>
    /// Hash of the columns' names and types and of the logical values in row order: independent of the file format, of pods, parts and
    /// failures on the way.
    /// </summary>
    public required string ContentHash { get; init; }

    /// <summary>Hash of each column's values, by its name: what two datasets of the same rows have in common.</summary>
    public IReadOnlyDictionary<string, string> ColumnHashes { get; init; } = new Dictionary<string, string>();

    /// <summary>What each shard has in it: part i of a folder, and as many rows of a single file.</summary>
    public IReadOnlyList<ManifestPart> Parts { get; init; } = [];

    /// <summary>What was taken over from an earlier dataset; null where nothing was asked to be.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ManifestReuse? Reuse { get; init; }

    /// <summary>The files in row order.</summary>
    public required IReadOnlyList<ManifestFile> Files { get; init; }

    /// <summary>When and how long.</summary>
    public required ManifestTimings Timings { get; init; }

    /// <summary>What the service expected of all parts before the run; null where it did not tell.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ManifestEstimate? Estimate { get; init; }

    /// <summary>Makes the manifest of a finished build.</summary>
    /// <param name="identity">What it is.</param>
    /// <param name="columns">The dataset's columns.</param>
    /// <param name="parts">All parts in row order.</param>
    internal static DatasetManifest Of(BuildIdentity identity, IReadOnlyList<DatasetColumn> columns, IReadOnlyList<PartRecord> parts)
    {
        var rows = parts.Sum(p => p.Rows);
        var hashes = Datasets.ColumnHashes.Sum(parts.Select(p => p.ColumnHashes));
        var statuses = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (status, count) in parts.SelectMany(p => p.RowsByStatus))
        {
            statuses[status] = statuses.GetValueOrDefault(status) + count;
        }

        return new DatasetManifest
        {
            Snapshot = identity.Snapshot,
            View = identity.View,
            ViewVersion = identity.ViewVersion,
            Definition = identity.Definition,
            EngineVersion = identity.EngineVersion,
            Weeks = identity.Weeks,
            Entities = identity.Entities,
            IgnorePopulation = identity.IgnorePopulation,
            Spine = identity.Spine,
            Columns = identity.Columns,
            Format = identity.Format,
            FormatSettings = identity.FormatSettings,
            Shards = identity.Shards,
            Rows = rows,
            RowsByStatus = statuses,
            ContentHash = ContentHasher.Combine(columns, rows, hashes),
            ColumnHashes = columns.Select((column, i) => (column.Name, Hash: hashes[i].ToString())).ToDictionary(c => c.Name, c => c.Hash),
            Parts = [.. parts.Select(p => new ManifestPart { Rows = p.Rows, RowsByStatus = p.RowsByStatus, ColumnHashes = p.ColumnHashes })],
            Files = [],
            Timings = new ManifestTimings(default, 0, 0),
        };
    }

    /// <summary>Reads a manifest.</summary>
    /// <param name="path">Its file.</param>
    /// <exception cref="DatasetException">The file is damaged.</exception>
    public static DatasetManifest Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<DatasetManifest>(File.ReadAllBytes(path), DatasetJson.Indented)
                ?? throw new JsonException("it is empty");
        }
        catch (JsonException exception)
        {
            throw new DatasetException($"{path} is damaged: {exception.Message}", exception);
        }
    }
}

/// <summary>What one shard of a dataset has in it.</summary>
public sealed record ManifestPart
{
    /// <summary>Number of rows.</summary>
    public required long Rows { get; init; }

    /// <summary>Rows by status.</summary>
    public required IReadOnlyDictionary<string, long> RowsByStatus { get; init; }

    /// <summary>The base64 of 16 bytes for each column, of which <see cref="DatasetManifest.ColumnHashes"/> are the sums modulo 2^128.</summary>
    [JsonInclude]
    internal ColumnHashes ColumnHashes { get; init; } = new([]);
}

/// <summary>What a dataset has taken over from an earlier one.</summary>
/// <param name="Previous">The earlier one, as it was named.</param>
/// <param name="PreviousContentHash">Its content hash.</param>
/// <param name="Taken">Features and labels whose values were taken over, byte for byte.</param>
/// <param name="Computed">Those that were computed.</param>
public sealed record ManifestReuse(
    string Previous, string PreviousContentHash, IReadOnlyList<string> Taken, IReadOnlyList<ManifestComputed> Computed);

/// <summary>A column that was computed anew.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Reason">Why it could not be taken over.</param>
public sealed record ManifestComputed(string Name, string Reason);

/// <summary>One file of a dataset.</summary>
/// <param name="Name">Its name beside the manifest.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Checksum">XXH3-128 of its bytes.</param>
public sealed record ManifestFile(string Name, long Rows, long Bytes, string Checksum);

/// <summary>When a dataset was finished, and how long its last run took.</summary>
/// <param name="FinishedAt">Instant, UTC.</param>
/// <param name="Seconds">Seconds of the run that finished it.</param>
/// <param name="PartsResumed">Parts that this run found finished.</param>
/// <param name="CpuSeconds">CPU seconds that the services' workers took for all parts; null where they did not tell.</param>
/// <param name="CachedValues">Values of all parts that the services did not compute, as their caches had them; null where there were none.</param>
public sealed record ManifestTimings(
    DateTimeOffset FinishedAt,
    double Seconds,
    int PartsResumed,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? CpuSeconds = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? CachedValues = null);

/// <summary>What a dataset was expected to cost; <see cref="ManifestTimings"/> has what it did.</summary>
/// <param name="Events">Events that are scanned.</param>
/// <param name="Cells">Values: rows times features and labels.</param>
/// <param name="Bytes">Bytes of the answers as they travel.</param>
/// <param name="CpuSeconds">CPU seconds of the services' workers.</param>
/// <param name="Seconds">Seconds that those workers take together; writing the files goes on beside them, and may take longer.</param>
public sealed record ManifestEstimate(long Events, long Cells, long Bytes, double CpuSeconds, double Seconds);
