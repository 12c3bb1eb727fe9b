using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FeatureService.Core.Columns;

namespace FeatureService.Engine.Definitions.NormalForms;

/// <summary>
/// Hashes of definitions and views: the first 128 bits of SHA-256 over lines that docs/normal-form.md describes, as 32 hexadecimal
/// digits. A line that a definition once had never changes; later constructs add lines of their own.
/// </summary>
internal static class Fingerprints
{
    private const int HexDigits = 32;

    /// <summary>The fingerprint of a definition: changes with anything that can change a value of it.</summary>
    /// <param name="catalog">What it is bound against.</param>
    /// <param name="role">Feature or label.</param>
    /// <param name="expression">The bound definition.</param>
    /// <param name="normalForm">Its normal form.</param>
    public static string Of(Catalog catalog, FeatureRole role, Expression expression, string normalForm)
    {
        var lines = new StringBuilder();
        lines.Append(CultureInfo.InvariantCulture, $"semantics {EngineVersion.Semantics}\n{normalForm}\n");
        lines.Append(CultureInfo.InvariantCulture, $"zone {catalog.Calendar.Zone.Id}\nweek_starts {WeekStart(catalog)}\n");
        var sources = Reads.Of(expression).Columns
            .Select(read => (Source: catalog.Sources[read.Key], Columns: read.Value))
            .OrderBy(read => read.Source.Name, StringComparer.Ordinal);
        foreach (var (source, columns) in sources)
        {
            AppendSource(lines, source, columns, role);
        }

        return Hash(lines);
    }

    /// <summary>The version of a view: changes with any column's name, place or fingerprint, the population and the number types.</summary>
    /// <param name="columns">The columns in their order.</param>
    /// <param name="population">Which rows exist; null where all do.</param>
    /// <param name="numbers">The number types.</param>
    public static string OfView(IEnumerable<FeatureColumn> columns, FeatureColumn? population, NumberType numbers)
    {
        var lines = new StringBuilder();
        foreach (var column in columns)
        {
            lines.Append(CultureInfo.InvariantCulture, $"column {NormalFormWriter.Name(column.Name)} {column.Fingerprint}\n");
        }

        if (population is not null)
        {
            lines.Append(CultureInfo.InvariantCulture, $"population {population.Fingerprint}\n");
        }

        lines.Append(numbers == NumberType.Float32 ? "numbers float32\n" : "numbers own\n");
        return Hash(lines);
    }

    private static void AppendSource(StringBuilder lines, EventSource source, IEnumerable<int> columns, FeatureRole role)
    {
        lines.Append(CultureInfo.InvariantCulture, $"source {NormalFormWriter.Name(source.Name)}\nreading {source.Reading}\n");
        AppendColumn(lines, "time", source, source.TimeColumn);
        AppendColumn(lines, "available", source, source.AvailableColumn);
        if (role == FeatureRole.Label && source.SettlesWithin is { } settles)
        {
            lines.Append(CultureInfo.InvariantCulture, $"settles_within {settles.NormalForm}\n");
        }

        foreach (var column in columns.OrderBy(column => source.Columns[column].Name, StringComparer.Ordinal))
        {
            AppendColumn(lines, "column", source, column);
        }
    }

    private static void AppendColumn(StringBuilder lines, string what, EventSource source, int index)
    {
        if (index >= 0)
        {
            var column = source.Columns[index];
            var type = column.DecimalScale is { } scale
                ? string.Create(CultureInfo.InvariantCulture, $"decimal({scale})")
                : column.Type.Name();
            lines.Append(CultureInfo.InvariantCulture, $"{what} {NormalFormWriter.Name(column.Name)} {type}\n");
        }
    }

    private static string WeekStart(Catalog catalog) => catalog.Calendar.WeekStart.ToString().ToLowerInvariant();

    private static string Hash(StringBuilder lines) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines.ToString())))[..HexDigits];
}
