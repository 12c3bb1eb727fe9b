using FeatureService.Core.Calendar;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Snapshots;
using NodaTime.Text;

namespace FeatureService.Oracle.Tests.SecondOracle;

/// <summary>The engine's and DuckDB's cells of the same definitions.</summary>
/// <param name="snapshot">What the engine reads.</param>
/// <param name="duckDb">The same events.</param>
/// <param name="sources">The same sources.</param>
/// <param name="keys">The entities of DuckDB's grid; null where they are all of the snapshot.</param>
internal sealed class TwoAnswers(
    ISnapshot snapshot, OracleDuckDb duckDb, IReadOnlyList<SqlSource> sources, IReadOnlyList<long>? keys = null)
{
    private const int DifferencesShown = 40;

    /// <summary>Compares every cell; throws with the first differences.</summary>
    /// <param name="features">Names and texts.</param>
    /// <param name="labels">Names and texts.</param>
    /// <returns>Number of cells that are equal, and the columns of which all cells are the same.</returns>
    public (long Cells, IReadOnlyList<string> Constant) Compare(IReadOnlyList<(string Name, string Text)> features, IReadOnlyList<(string Name, string Text)> labels)
    {
        var view = Compile($"features:\n{Lines(features)}labels:\n{Lines(labels)}");
        var plan = Plan.Create(snapshot, view, view.Columns);
        var rows = keys is null ? EngineRows.Of(plan, Weeks()) : EngineRows.Of(plan, Weeks(), keys);
        var texts = features.Concat(labels).ToDictionary();
        var sql = new SqlView(duckDb.Instants, sources, duckDb.Windows, features.Concat(labels));
        Assert.Equal(sql.Names, view.Columns.Select(column => column.Name));
        var differences = new List<string>();
        foreach (var (column, index) in view.Columns.Select((column, index) => (column, index)))
        {
            var difference = Difference(sql.Query(column.Name, column.Role == FeatureRole.Label), rows, index);
            if (difference is not null)
            {
                // Columns of `by` and `series` are called after their definition, or in it.
                var text = texts.FirstOrDefault(definition => column.Name == definition.Key).Value
                    ?? texts.First(definition => column.Name.StartsWith(definition.Key + "_", StringComparison.Ordinal)
                        || definition.Value.Contains(" as " + column.Name, StringComparison.Ordinal)).Value;
                differences.Add($"{column.Name}: {text}\n    {difference}");
            }
        }

        Assert.True(differences.Count == 0, $"{differences.Count} columns differ:\n{string.Join('\n', differences.Take(DifferencesShown))}");
        var constant = view.Columns.Where((_, i) => rows.DistinctBy(row => row.Values[i]).Count() == 1);
        return ((long)rows.Count * view.Columns.Length, [.. constant.Select(column => column.Name)]);
    }

    /// <summary>Compares which rows a population leaves.</summary>
    /// <param name="text">The population.</param>
    /// <returns>Number of rows that it leaves.</returns>
    public int ComparePopulation(string text)
    {
        var view = Compile($"features:\n  one: \"1\"\npopulation: \"{text}\"\n");
        var rows = EngineRows.Of(Plan.Create(snapshot, view, view.Columns, view.Population), Weeks());
        var sql = new SqlView(duckDb.Instants, sources, duckDb.Windows, [("population", text)]);
        var expected = duckDb.Read(sql.Query("population", false)).Where(row => row.Value is true).Select(row => (row.Key, row.Day));
        Assert.Equal(expected, rows.Select(row => (row.Key, row.Day)));
        return rows.Count;
    }

    private static string Lines(IEnumerable<(string Name, string Text)> definitions) =>
        string.Concat(definitions.Select(definition => $"  {definition.Name}: '{definition.Text.Replace("'", "''")}'\n"));

    private static bool IsSame(object? wanted, object? found, double error) => (wanted, found) switch
    {
        (double x, double y) => x.Equals(y) || x == y || Math.Abs(x - y) <= error,
        _ => Equals(wanted, found),
    };

    private string? Difference(string query, List<(long Key, DateOnly Day, object?[] Values)> rows, int index)
    {
        try
        {
            var expected = duckDb.Read(query).ToList();
            Assert.Equal(expected.Select(row => (row.Key, row.Day)), rows.Select(row => (row.Key, row.Day)));
            var wrong = Enumerable.Range(0, rows.Count).Where(i => !IsSame(expected[i].Value, rows[i].Values[index], expected[i].Error)).ToList();
            return wrong.Count == 0 ? null : $"{wrong.Count} of {rows.Count} cells differ, the first of {rows[wrong[0]].Key} on {rows[wrong[0]].Day:O}: "
                + $"DuckDB {expected[wrong[0]].Value ?? "null"}, here {rows[wrong[0]].Values[index] ?? "null"}";
        }
        catch (DuckDB.NET.Data.DuckDBException exception)
        {
            return $"{exception.Message}\n    {query}";
        }
    }

    private FeatureView Compile(string body)
    {
        var result = ViewCompiler.Compile("view: oracle\n" + body, "oracle.view.yaml", snapshot.Catalog);
        Assert.True(result.View is not null, string.Join('\n', result.Diagnostics));
        return result.View;
    }

    private WeekRange Weeks()
    {
        var days = duckDb.Instants.Days;
        return WeekRange.Between(Week(days[0]), Week(days[^1]));

        int Week(NodaTime.LocalDate day) => snapshot.Catalog.Calendar.TryParse(LocalDatePattern.Iso.Format(day), out var week, out var error)
            ? week
            : throw new FormatException(error);
    }
}
