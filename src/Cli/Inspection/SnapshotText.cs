using System.Globalization;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Cli.Inspection;

/// <summary>A snapshot for people.</summary>
internal static class SnapshotText
{
    /// <summary>Prints a snapshot.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="manifest">What it holds.</param>
    /// <param name="output">Where to.</param>
    public static void Print(string folder, SnapshotManifest manifest, TextWriter output)
    {
        void Line(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
        var catalog = manifest.Catalog;
        Line($"snapshot    {manifest.Id}");
        Line($"folder      {folder}");
        Line($"format      {manifest.FormatVersion}");
        Line($"entity      {catalog.EntityName} {catalog.EntityType}, {SnapshotCounts.Entities(manifest)} in {manifest.Partitions} x {manifest.SlicesPerPartition} slices");
        Line($"weeks       start on {catalog.WeekStarts} in {catalog.TimeZone}");
        Line($"events      {SnapshotCounts.Events(manifest.Segments)} in {manifest.Segments.Length} files of {SnapshotCounts.Bytes(manifest.Segments)} bytes");
        for (var s = 0; s < catalog.Sources.Length; s++)
        {
            var source = catalog.Sources[s];
            var segments = SnapshotCounts.Of(manifest, s);
            var complete = source.TimeColumn < 0 ? "facts without time" : $"complete until {SnapshotCounts.CompleteUntil(manifest, s) ?? "nothing: it has no event"}";
            Line($"  {source.Name}: {SnapshotCounts.Events(segments)} events in {segments.Count} files of {SnapshotCounts.Bytes(segments)} bytes, {complete}");
            Line($"    reading {source.Reading}{(source.SettlesWithin is { } length ? $", settles within {length}" : "")}");
            for (var c = 0; c < source.Columns.Length; c++)
            {
                var role = c == source.TimeColumn ? ", the time" : c == source.AvailableColumn ? ", the availability" : "";
                Line($"    {source.Columns[c].Name} {SnapshotCounts.TypeOf(source.Columns[c])}{role}");
            }
        }
    }
}
