using System.Text;
using System.Text.Json;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Cli.Inspection;

/// <summary>A snapshot for programs: one JSON object, its names as in the snapshot's manifest.</summary>
internal static class SnapshotJson
{
    /// <summary>Prints a snapshot.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="manifest">What it holds.</param>
    /// <param name="output">Where to.</param>
    public static void Print(string folder, SnapshotManifest manifest, TextWriter output)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            Write(folder, manifest, json);
        }

        output.Write(Encoding.UTF8.GetString(bytes.ToArray()) + "\n");
    }

    private static void Write(string folder, SnapshotManifest manifest, Utf8JsonWriter json)
    {
        var catalog = manifest.Catalog;
        json.WriteStartObject();
        json.WriteString("id", manifest.Id);
        json.WriteString("folder", folder);
        json.WriteNumber("formatVersion", manifest.FormatVersion);
        json.WriteString("entityName", catalog.EntityName);
        json.WriteString("entityType", catalog.EntityType);
        json.WriteString("timeZone", catalog.TimeZone);
        json.WriteString("weekStarts", catalog.WeekStarts);
        json.WriteNumber("partitions", manifest.Partitions);
        json.WriteNumber("slicesPerPartition", manifest.SlicesPerPartition);
        json.WriteNumber("entities", SnapshotCounts.Entities(manifest));
        WriteCounts(json, manifest, manifest.Segments);
        json.WriteStartArray("sources");
        for (var s = 0; s < catalog.Sources.Length; s++)
        {
            WriteSource(json, manifest, s);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSource(Utf8JsonWriter json, SnapshotManifest manifest, int index)
    {
        var source = manifest.Catalog.Sources[index];
        json.WriteStartObject();
        json.WriteString("name", source.Name);
        json.WriteString("time", source.TimeColumn < 0 ? null : source.Columns[source.TimeColumn].Name);
        json.WriteString("available", source.AvailableColumn < 0 ? null : source.Columns[source.AvailableColumn].Name);
        json.WriteString("settlesWithin", source.SettlesWithin);
        json.WriteString("reading", source.Reading);
        json.WriteString("completeUntil", SnapshotCounts.CompleteUntil(manifest, index));
        WriteCounts(json, manifest, SnapshotCounts.Of(manifest, index));
        json.WriteStartArray("columns");
        foreach (var column in source.Columns)
        {
            json.WriteStartObject();
            json.WriteString("name", column.Name);
            json.WriteString("type", SnapshotCounts.TypeOf(column));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteCounts(Utf8JsonWriter json, SnapshotManifest manifest, IReadOnlyList<SegmentEntry> segments)
    {
        json.WriteNumber("events", SnapshotCounts.Events(manifest, segments));
        json.WriteNumber("facts", SnapshotCounts.Facts(manifest, segments));
        json.WriteNumber("files", segments.Count);
        json.WriteNumber("bytes", SnapshotCounts.Bytes(segments));
    }
}
