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
        var facts = SnapshotCounts.Facts(manifest, manifest.Segments);
        Line($"events      {SnapshotCounts.Events(manifest, manifest.Segments)}{(facts == 0 ? "" : $" and {facts} facts")} in {manifest.Segments.Length} files of {SnapshotCounts.Bytes(manifest.Segments)} bytes");
        for (var s = 0; s < catalog.Sources.Length; s++)
        {
            PrintSource(manifest, s, Line);
        }
    }

    private static void PrintSource(SnapshotManifest manifest, int index, Action<FormattableString> line)
    {
        var source = manifest.Catalog.Sources[index];
        var segments = SnapshotCounts.Of(manifest, index);
        var files = FormattableString.Invariant($"in {segments.Count} files of {SnapshotCounts.Bytes(segments)} bytes");
        if (SnapshotCounts.IsOfFacts(manifest, index))
        {
            line($"  {source.Name}: {SnapshotCounts.Facts(manifest, segments)} facts without time {files}");
        }
        else
        {
            var complete = SnapshotCounts.CompleteUntil(manifest, index) ?? "nothing: it has no event";
            line($"  {source.Name}: {SnapshotCounts.Events(manifest, segments)} events {files}, complete until {complete}");
        }

        line($"    reading {source.Reading}{(source.SettlesWithin is { } length ? $", settles within {length}" : "")}");
        for (var c = 0; c < source.Columns.Length; c++)
        {
            var role = c == source.TimeColumn ? ", the time" : c == source.AvailableColumn ? ", the availability" : "";
            line($"    {source.Columns[c].Name} {SnapshotCounts.TypeOf(source.Columns[c])}{role}");
        }
    }
}
