using System.Collections.Immutable;
using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions.NormalForms;

namespace FeatureService.Engine.Definitions;

/// <summary>A catalog as its file says it, checked for form; the inputs' schemas are not known yet.</summary>
public sealed record CatalogFile
{
    /// <summary>The file's name as given; relative inputs are relative to its folder.</summary>
    public required string Path { get; init; }

    /// <summary>Name of the entity's column.</summary>
    public required string EntityName { get; init; }

    /// <summary>Type of the entity's key.</summary>
    public required EntityKeyType EntityType { get; init; }

    /// <summary>Zone and week start.</summary>
    public required WeekCalendar Calendar { get; init; }

    /// <summary>The instant before which all sources are whole, microseconds UTC; null where the file says nothing.</summary>
    public long? CompleteUntil { get; init; }

    /// <summary>The sources, in the order of the file.</summary>
    public required ImmutableArray<SourceFile> Sources { get; init; }
}

/// <summary>One source of a catalog file.</summary>
public sealed record SourceFile
{
    /// <summary>Its name in definitions.</summary>
    public required string Name { get; init; }

    /// <summary>Where the file says it, for messages.</summary>
    public required Diagnostic Place { get; init; }

    /// <summary>Files and globs, in the order of the file, relative to the catalog's folder; none where the rows come from a query.</summary>
    public required ImmutableArray<string> Files { get; init; }

    /// <summary>The query that gives the rows; null where files do.</summary>
    public PostgresQuery? Postgres { get; init; }

    /// <summary>This source's name for the entity's column; the catalog's where the file says nothing.</summary>
    public required string EntityColumn { get; init; }

    /// <summary>Name of the time column; null for <c>time: always</c>.</summary>
    public required string? TimeColumn { get; init; }

    /// <summary>Zone of stamps without a zone; the catalog's where the file says nothing.</summary>
    public required ZoneRules StampZone { get; init; }

    /// <summary>Name of the column that says when a row became known.</summary>
    public string? AvailableColumn { get; init; }

    /// <summary>How late rows may still become known.</summary>
    public Length? SettlesWithin { get; init; }

    /// <summary>What integers in the time and availability columns count; null where the file says nothing.</summary>
    public TimeUnit? TimeUnit { get; init; }

    /// <summary>Format of text in the time and availability columns; null where the file says nothing: ISO 8601.</summary>
    public TimeFormat? TimeFormat { get; init; }

    /// <summary>Name of the column that breaks ties of time; null leaves them to the position in files, and to the columns of a query.</summary>
    public string? OrderColumn { get; init; }

    /// <summary>Whether NaN is read as null.</summary>
    public bool NanIsNull { get; init; }

    /// <summary>Columns to keep, with the types to cast to; null keeps all of the input.</summary>
    public ImmutableArray<SourceColumn>? Columns { get; init; }

    /// <summary>The instant before which this source is whole, microseconds UTC.</summary>
    public long? CompleteUntil { get; init; }

    /// <summary>
    /// How the input's text becomes values, as <see cref="EventSource.Reading"/> has it. What a later key adds stands behind this,
    /// and only where the file has that key, so that old fingerprints stay.
    /// </summary>
    public string Reading => string.Concat(
        $"zone {StampZone.Id}",
        TimeUnit is { } unit ? $" time_unit {unit.Name()}" : "",
        TimeFormat is { } format ? $" time_format {NormalFormWriter.Name(format.Text)}" : "",
        OrderColumn is { } order ? $" order {NormalFormWriter.Name(order)}" : "",
        NanIsNull ? " nan null" : "");
}
