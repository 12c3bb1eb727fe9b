using System.Globalization;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;

namespace FeatureService.Engine.Snapshots;

/// <summary>Between a catalog and its normal form in a manifest.</summary>
public static class CatalogForm
{
    private static readonly ColumnType[] _types =
        [ColumnType.Bool, ColumnType.Int64, ColumnType.Float64, ColumnType.String, ColumnType.Date, ColumnType.Timestamp];

    /// <summary>A catalog's normal form.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="stampZones">For each source the zone of stamps without zone.</param>
    public static CatalogEntry Of(Catalog catalog, IReadOnlyList<ZoneRules> stampZones) => new(
        catalog.EntityName,
        catalog.EntityType == EntityKeyType.Int64 ? "int64" : "string",
        catalog.Calendar.Zone.Id,
        catalog.Calendar.WeekStart.ToString().ToLowerInvariant(),
        [.. catalog.Sources.Select((source, i) => Of(source, stampZones[i]))]);

    /// <summary>The zones that a catalog names.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="stampZones">For each source the zone of stamps without zone.</param>
    public static SortedDictionary<string, ZoneEntry> Zones(Catalog catalog, IEnumerable<ZoneRules> stampZones)
    {
        var zones = new SortedDictionary<string, ZoneEntry>(StringComparer.Ordinal);
        foreach (var zone in stampZones.Append(catalog.Calendar.Zone))
        {
            zones[zone.Id] = new ZoneEntry([.. zone.Starts], [.. zone.OffsetSeconds]);
        }

        return zones;
    }

    /// <summary>The catalog that a manifest holds.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <exception cref="InvalidDataException">The manifest names what this program does not know.</exception>
    public static Catalog Read(SnapshotManifest manifest)
    {
        var entry = manifest.Catalog;
        if (!manifest.Zones.TryGetValue(entry.TimeZone, out var zone))
        {
            throw new InvalidDataException($"expected the rules of zone {entry.TimeZone}");
        }

        if (!Enum.TryParse<DayOfWeek>(entry.WeekStarts, ignoreCase: true, out var weekStart))
        {
            throw new InvalidDataException($"'{entry.WeekStarts}' is no day of the week");
        }

        return new Catalog
        {
            EntityName = entry.EntityName,
            EntityType = entry.EntityType == "int64" ? EntityKeyType.Int64 : EntityKeyType.String,
            Calendar = new WeekCalendar(new ZoneRules(entry.TimeZone, [.. zone.Starts], [.. zone.OffsetSeconds]), weekStart),
            Sources = [.. entry.Sources.Select(Read)],
        };
    }

    private static SourceEntry Of(EventSource source, ZoneRules stampZone) => new(
        source.Name,
        [.. source.Columns.Select(column => new ColumnEntry(column.Name, column.Type.Name(), column.DecimalScale))],
        source.TimeColumn,
        source.AvailableColumn,
        source.SettlesWithin?.NormalForm,
        stampZone.Id,
        source.Reading);

    private static EventSource Read(SourceEntry entry) => new()
    {
        Name = entry.Name,
        Columns = [.. entry.Columns.Select(column => new SourceColumn(column.Name, ReadType(column.Type), column.DecimalScale))],
        TimeColumn = entry.TimeColumn,
        AvailableColumn = entry.AvailableColumn,
        SettlesWithin = entry.SettlesWithin is { } length ? ReadLength(length) : null,
        Reading = entry.Reading,
    };

    private static ColumnType ReadType(string name) =>
        Array.Find(_types, type => type.Name() == name) is var type && type != ColumnType.None
            ? type
            : throw new InvalidDataException($"'{name}' is no type of a column");

    private static Length ReadLength(string text) => text.EndsWith("min", StringComparison.Ordinal)
        ? new Length(int.Parse(text.AsSpan(0, text.Length - 3), CultureInfo.InvariantCulture), LengthUnit.Minute)
        : new Length(int.Parse(text.AsSpan(0, text.Length - 1), CultureInfo.InvariantCulture), LengthUnit.Day);
}
