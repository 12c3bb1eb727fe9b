using System.Globalization;
using FeatureService.Core.Calendar;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Cli.Inspection;

/// <summary>Sums over a snapshot's manifest.</summary>
internal static class SnapshotCounts
{
    /// <summary>Number of entities.</summary>
    public static long Entities(SnapshotManifest manifest) => manifest.SliceEntityCounts.Sum(count => (long)count);

    /// <summary>Number of events, facts without time not counted.</summary>
    public static long Events(SnapshotManifest manifest, IEnumerable<SegmentEntry> segments) => Rows(segments.Where(segment => !IsOfFacts(manifest, segment.Source)));

    /// <summary>Number of facts without time.</summary>
    public static long Facts(SnapshotManifest manifest, IEnumerable<SegmentEntry> segments) => Rows(segments.Where(segment => IsOfFacts(manifest, segment.Source)));

    /// <summary>Whether a source holds facts without time.</summary>
    public static bool IsOfFacts(SnapshotManifest manifest, int source) => manifest.Catalog.Sources[source].TimeColumn < 0;

    /// <summary>Bytes of the files.</summary>
    public static long Bytes(IEnumerable<SegmentEntry> segments) => segments.Sum(segment => segment.FileLength);

    /// <summary>The segments of one source.</summary>
    public static IReadOnlyList<SegmentEntry> Of(SnapshotManifest manifest, int source) =>
        [.. manifest.Segments.Where(segment => segment.Source == source)];

    /// <summary>The instant before which a source is whole; null where it has no event and nobody says, or holds facts without time.</summary>
    public static string? CompleteUntil(SnapshotManifest manifest, int source)
    {
        var micros = manifest.CompleteUntil[source];
        if (micros is long.MinValue or long.MaxValue)
        {
            return null;
        }

        var format = micros % Instants.MicrosPerSecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
        return DateTime.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond).ToString(format, CultureInfo.InvariantCulture);
    }

    private static long Rows(IEnumerable<SegmentEntry> segments) => segments.Sum(segment => (long)segment.EventCount);

    /// <summary>A column's type as catalogs write it.</summary>
    public static string TypeOf(ColumnEntry column) => column.DecimalScale is { } scale
        ? string.Create(CultureInfo.InvariantCulture, $"decimal({scale})")
        : column.Type;
}
