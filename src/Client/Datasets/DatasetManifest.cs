using System.Text.Json;
using System.Text.Json.Serialization;

namespace FeatureService.Client.Datasets;

/// <summary>What a finished dataset is: written last, so a dataset that has one is complete.</summary>
public sealed record DatasetManifest : BuildIdentity
{
    /// <summary>Number of rows.</summary>
    public required long Rows { get; init; }

    /// <summary>Rows by status.</summary>
    public required IReadOnlyDictionary<string, long> RowsByStatus { get; init; }

    /// <summary>Hash of the logical values in row order: independent of the file format, of pods and of failures on the way.</summary>
    public required string ContentHash { get; init; }

    /// <summary>The files in row order.</summary>
    public required IReadOnlyList<ManifestFile> Files { get; init; }

    /// <summary>When and how long.</summary>
    public required ManifestTimings Timings { get; init; }

    /// <summary>What the service expected of all parts before the run; null where it did not tell.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ManifestEstimate? Estimate { get; init; }

    /// <summary>Makes the manifest of a finished build.</summary>
    internal static DatasetManifest Of(
        BuildIdentity identity, long rows, IReadOnlyDictionary<string, long> rowsByStatus, string contentHash,
        IReadOnlyList<ManifestFile> files, ManifestTimings timings, ManifestEstimate? estimate) => new()
        {
            Snapshot = identity.Snapshot,
            View = identity.View,
            ViewVersion = identity.ViewVersion,
            Definition = identity.Definition,
            EngineVersion = identity.EngineVersion,
            Weeks = identity.Weeks,
            Entities = identity.Entities,
            Spine = identity.Spine,
            Columns = identity.Columns,
            Format = identity.Format,
            FormatSettings = identity.FormatSettings,
            Shards = identity.Shards,
            Rows = rows,
            RowsByStatus = rowsByStatus,
            ContentHash = contentHash,
            Files = files,
            Timings = timings,
            Estimate = estimate,
        };

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
public sealed record ManifestTimings(
    DateTimeOffset FinishedAt,
    double Seconds,
    int PartsResumed,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? CpuSeconds = null);

/// <summary>What a dataset was expected to cost; <see cref="ManifestTimings"/> has what it did.</summary>
/// <param name="Events">Events that are scanned.</param>
/// <param name="Cells">Values: rows times features and labels.</param>
/// <param name="Bytes">Bytes of the answers as they travel.</param>
/// <param name="CpuSeconds">CPU seconds of the services' workers.</param>
/// <param name="Seconds">Seconds that those workers take together; writing the files goes on beside them, and may take longer.</param>
public sealed record ManifestEstimate(long Events, long Cells, long Bytes, double CpuSeconds, double Seconds);
