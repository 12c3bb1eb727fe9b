using System.Collections.Immutable;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;

namespace FeatureService.Engine.Definitions;

/// <summary>
/// What definitions are bound against: the entity, the zone, and the event sources with the types of their columns. Read from a
/// catalog file once its inputs' schemas are known, and stored in every snapshot.
/// </summary>
public sealed record Catalog
{
    /// <summary>Name of the entity's column in outputs, such as <c>user_id</c>.</summary>
    public required string EntityName { get; init; }

    /// <summary>Type of the entity's key.</summary>
    public required EntityKeyType EntityType { get; init; }

    /// <summary>Weeks, days and hours: the catalog's zone and the day on which its weeks start.</summary>
    public required WeekCalendar Calendar { get; init; }

    /// <summary>The event sources, in the order of the file.</summary>
    public required ImmutableArray<EventSource> Sources { get; init; }

    /// <summary>Index of a source by its exact name; -1 where there is none.</summary>
    /// <param name="name">The source's name.</param>
    public int IndexOf(string name)
    {
        for (var i = 0; i < Sources.Length; i++)
        {
            if (Sources[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }
}

/// <summary>One table of timestamped events of entities.</summary>
public sealed record EventSource
{
    /// <summary>Its name in definitions.</summary>
    public required string Name { get; init; }

    /// <summary>Columns that definitions may read, the time and availability columns among them, in the order of the catalog or the input.</summary>
    public required ImmutableArray<SourceColumn> Columns { get; init; }

    /// <summary>Index in <see cref="Columns"/> of the time column; -1 for facts without time (<c>time: always</c>).</summary>
    public required int TimeColumn { get; init; }

    /// <summary>Index in <see cref="Columns"/> of the column that says when a row became known; -1 where the source has none.</summary>
    public int AvailableColumn { get; init; } = -1;

    /// <summary>How late rows may still become known; delays the maturity of labels.</summary>
    public Length? SettlesWithin { get; init; }

    /// <summary>
    /// Everything else of the catalog that decides how the input's text becomes values (zone, unit and format of times, order of
    /// ties, treatment of NaN), as one line in normal form; part of every fingerprint that reads the source.
    /// </summary>
    public required string Reading { get; init; }

    /// <summary>Whether the source holds facts without time.</summary>
    public bool Always => TimeColumn < 0;

    /// <summary>Index of a column by its exact name; -1 where there is none.</summary>
    /// <param name="name">The column's name.</param>
    public int IndexOf(string name)
    {
        for (var i = 0; i < Columns.Length; i++)
        {
            if (Columns[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }
}

/// <summary>One column of a source.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type of its values.</param>
/// <param name="DecimalScale">For <c>decimal(N)</c>: values are int64 in units of 10^-N; else null.</param>
public sealed record SourceColumn(string Name, ColumnType Type, int? DecimalScale = null);
