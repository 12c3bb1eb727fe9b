using System.Globalization;
using System.Text.Json;
using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions;
using FeatureService.Testing;

namespace FeatureService.Oracle.Tests.PeerCases;

/// <summary>One value that another system's test suite expects, moved onto a weekly cutoff.</summary>
/// <param name="Json">The case as the file has it.</param>
internal sealed record PeerCase(JsonElement Json)
{
    /// <summary>The case's name with the number of its row, unique.</summary>
    public string User => Json.GetProperty("user").GetString()!;

    /// <summary>The case's name in its suite, which several rows may share.</summary>
    public string Name => Json.GetProperty("case_id").GetString()!;

    /// <summary>How far a number may be off, relative to numbers above 1.</summary>
    public double Tolerance => Json.GetProperty("tolerance").GetDouble();

    /// <summary>All rows of the file, and the cutoff at which they are asked for.</summary>
    public static (string Cutoff, IReadOnlyList<PeerCase> Cases) Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        var root = document.RootElement;
        return (
            root.GetProperty("week_cutoff").GetString()!,
            [.. root.GetProperty("rows").EnumerateArray().Select(row => new PeerCase(row.Clone()))]);
    }

    /// <summary>
    /// The case in this service's language: the lines of a view's features, one for each value, or one with <c>by</c> for all; none where
    /// nothing in the language says the same.
    /// </summary>
    public IReadOnlyList<string> Features()
    {
        var column = Json.GetProperty("column").GetString();
        var input = column is null ? "e" : $"e.\"{column}\"";
        var filter = Json.GetProperty("filter");
        var where = filter.ValueKind == JsonValueKind.Null
            ? ""
            : $" where \"{filter.GetProperty("col")}\" {filter.GetProperty("op")} {filter.GetProperty("value").GetRawText()}";
        var days = Json.GetProperty("window_days");
        var over = days.ValueKind == JsonValueKind.Null ? ") over all" : $") over {days.GetRawText()}d";
        var aggregate = Json.GetProperty("agg").GetString()!;
        return aggregate switch
        {
            "count_rows" => [$"count(e{where}{over}"],
            "distinct_count" => [$"count_distinct({input}{where}{over}"],
            "first_row" => [$"first({input}{where}{over}"],
            "percentile_cont" => [$"quantile({input}, {Parameter("q")}{where}{over}"],
            "skew_g1_samp" => [$"skewness({input}{where}{over}"],
            "time_since_first" or "time_since_last" => [$"days_{aggregate["time_".Length..]}(e{where}{over} * 86400.0"],
            "top_k_frequent" => [.. Ranks().Select(k => $"top({input}, {k}{where}{over}")],
            "last_k" => [.. Ranks().Select(n => $"nth_last({input}, {n}{where}{over}")],
            // The greatest values, and the keys of the greatest sums: nothing in the language ranks them.
            "top_k_values" => [],
            "sum_by_key" or "count_by_key" when Parameter("rank") is not null || Keys().Length == 0 => [],
            "sum_by_key" => [$"sum({input}{where}{over} by \"{Parameter("key_column")}\" in ({string.Join(", ", Keys().Select(Text))})"],
            _ => [$"{aggregate}({input}{where}{over}"],
        };
    }

    /// <summary>What the suite expects of each value; of days in seconds. Where it expects fewer values than there are, null of the rest.</summary>
    public IReadOnlyList<JsonElement> Expected() => Expectation.ValueKind switch
    {
        JsonValueKind.Array => [.. Ranks().Select(k => Expectation.EnumerateArray().ElementAtOrDefault(k - 1))],
        JsonValueKind.Object => [.. Keys().Select(key => Expectation.TryGetProperty(key.ToString(), out var value) ? value : default)],
        _ => [Expectation],
    };

    private JsonElement Expectation => Json.GetProperty("expected");

    /// <summary>A parameter of the aggregate as it is written; null where there is none.</summary>
    private string? Parameter(string name) =>
        Json.GetProperty("params") is { ValueKind: JsonValueKind.Object } parameters && parameters.TryGetProperty(name, out var value)
            ? value.ToString()
            : null;

    /// <summary>The values of the key's column.</summary>
    private JsonElement[] Keys() => Json.GetProperty("events").EnumerateArray()
        .Select(e => e.GetProperty("cols").GetProperty(Parameter("key_column")!))
        .Where(key => key.ValueKind != JsonValueKind.Null)
        .DistinctBy(key => key.ToString())
        .ToArray();

    private IEnumerable<int> Ranks() => Enumerable.Range(1, int.Parse(Parameter("k")!, CultureInfo.InvariantCulture));

    private static string Text(JsonElement constant) => constant.ValueKind == JsonValueKind.String
        ? $"'{constant.GetString()!.Replace("'", "''", StringComparison.Ordinal)}'"
        : constant.GetRawText();

    /// <summary>The source <c>e</c> with the columns that the case's events have.</summary>
    public EventSource Source() => Catalogs.Source("e", [.. Columns().Select(name => (name, Type(name)))]);

    /// <summary>The case's events, of the entity 1.</summary>
    public EventRow[] Rows() =>
    [
        .. Json.GetProperty("events").EnumerateArray().Select(e => EventRow.Of(1,
        [
            (e.GetProperty("ts").GetDateTimeOffset() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond,
            .. Columns().Select(name => Value(e.GetProperty("cols"), name)),
        ])),
    ];

    private string[] Columns() =>
    [
        .. Json.GetProperty("events").EnumerateArray()
            .SelectMany(e => e.GetProperty("cols").EnumerateObject().Select(column => column.Name))
            .Concat(Json.GetProperty("column").GetString() is { } asked ? [asked] : [])
            .Concat(Parameter("key_column") is { } key ? [key] : [])
            .Concat(Json.GetProperty("filter") is { ValueKind: JsonValueKind.Object } filter ? [filter.GetProperty("col").GetString()!] : [])
            .Distinct(),
    ];

    /// <summary>
    /// A column is int64 only where all its numbers are; numbers with NaN or infinity as text are float64; one of nothing has the type
    /// of what it is compared with.
    /// </summary>
    private ColumnType Type(string name)
    {
        var values = Json.GetProperty("events").EnumerateArray()
            .Select(e => e.GetProperty("cols").TryGetProperty(name, out var value) ? value : default)
            .Append(Compared(name))
            .Where(value => value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)).ToList();
        if (values.Any(value => value.ValueKind is JsonValueKind.True or JsonValueKind.False))
        {
            return ColumnType.Bool;
        }

        if (values.Any(value => value.ValueKind == JsonValueKind.String && !IsSpecial(value)))
        {
            return ColumnType.String;
        }

        return values.All(value => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _))
            ? ColumnType.Int64
            : ColumnType.Float64;
    }

    /// <summary>The constant that the filter compares a column with.</summary>
    private JsonElement Compared(string name)
    {
        var filter = Json.GetProperty("filter");
        return filter.ValueKind == JsonValueKind.Object && filter.GetProperty("col").GetString() == name
            ? filter.GetProperty("value")
            : default;
    }

    private object? Value(JsonElement columns, string name)
    {
        if (!columns.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return Type(name) switch
        {
            ColumnType.Bool => value.GetBoolean(),
            ColumnType.String => value.GetString(),
            ColumnType.Int64 => value.GetInt64(),
            _ => value.ValueKind == JsonValueKind.String ? Special(value) : value.GetDouble(),
        };
    }

    private static bool IsSpecial(JsonElement value) => value.GetString() is "NaN" or "Infinity" or "-Infinity";

    private static double Special(JsonElement value) => value.GetString() switch
    {
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        _ => double.NaN,
    };
}
