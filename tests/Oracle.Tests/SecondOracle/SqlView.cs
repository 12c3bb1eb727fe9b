using System.Globalization;
using System.Text;

namespace FeatureService.Oracle.Tests.SecondOracle;

/// <summary>Definitions of a view as queries, one for each column.</summary>
internal sealed class SqlView
{
    private readonly ZoneInstants _instants;
    private readonly IReadOnlyDictionary<string, SqlSource> _sources;
    private readonly WindowTables _windows;
    private readonly Dictionary<string, Node> _columns = [];

    /// <summary>Reads the definitions.</summary>
    /// <param name="instants">The zone.</param>
    /// <param name="sources">Tables of events.</param>
    /// <param name="windows">Where tables of windows are made.</param>
    /// <param name="definitions">Names and texts.</param>
    public SqlView(
        ZoneInstants instants, IEnumerable<SqlSource> sources, WindowTables windows, IEnumerable<(string Name, string Text)> definitions)
    {
        (_instants, _windows) = (instants, windows);
        _sources = sources.ToDictionary(source => source.Name);
        foreach (var (name, text) in definitions)
        {
            foreach (var (column, node) in Columns(name, DefinitionReader.Read(text)))
            {
                _columns.Add(column, node);
            }
        }
    }

    /// <summary>Names of the columns.</summary>
    public IEnumerable<string> Names => _columns.Keys;

    /// <summary>A query of (entity, day, value, how far it may be off), in ascending order of both.</summary>
    /// <param name="column">The column.</param>
    /// <param name="isLabel">Whether it is a label.</param>
    public string Query(string column, bool isLabel)
    {
        var steps = new List<string>();
        var joins = new StringBuilder();
        var immature = new List<string>();

        Sql Value(Node node) => new ExpressionSql(_instants, NameAround, Aggregated).Of(node);

        Sql NameAround(Name name) => name.Text == "week" ? new Sql("g.day", Kind.Date) : Value(_columns[name.Text]);

        Sql Aggregated(Aggregate aggregate)
        {
            var number = steps.Count;
            if (aggregate.Window is null)
            {
                var column = (Name)aggregate.Input;
                steps.Add($"a{number} AS (SELECT e.entity, e.\"c_{column.Text}\" AS v FROM \"{column.Source}\" e)");
                joins.Append(CultureInfo.InvariantCulture, $" LEFT JOIN a{number} ON a{number}.entity = g.entity");
                return new Sql($"a{number}.v", _sources[column.Source!].Columns[column.Text]);
            }

            var source = _sources[SourceOf(aggregate.Input)];
            var windows = _windows.Of(aggregate.Window, source.Settles);
            var (step, value) = new AggregateSql(number, aggregate, source, _instants).Translate(windows, isLabel);
            steps.Add(step);
            joins.Append(CultureInfo.InvariantCulture, $" LEFT JOIN a{number} ON a{number}.entity = g.entity AND a{number}.day = g.day");
            joins.Append(CultureInfo.InvariantCulture, $" LEFT JOIN {windows} m{number} ON m{number}.day = g.day");
            immature.Add($"m{number}.settled > {source.CompleteUntil}");
            return value;
        }

        var sql = Value(_columns[column]);
        var text = sql.Kind == Kind.Null ? sql.Text : $"({sql.Text})::{sql.Type}";
        var cell = isLabel && immature.Count > 0 ? $"CASE WHEN {string.Join(" OR ", immature)} THEN NULL ELSE {text} END" : text;
        var with = steps.Count == 0 ? "" : $"WITH {string.Join(",\n", steps)}\n";
        return $"{with}SELECT g.entity, g.day, {cell}, ({sql.Error ?? "0"})::DOUBLE FROM grid g{joins} ORDER BY g.entity, g.day";
    }

    private static IEnumerable<(string Name, Node Node)> Columns(string name, Definition definition)
    {
        if (definition.Series is { } count)
        {
            var aggregate = (Aggregate)definition.Body;
            var window = aggregate.Window!;
            var (length, lag) = (window.Length!, window.Lag?.Amount ?? 0);
            return Enumerable.Range(0, count).Select(k => (
                $"{name}_{k + 1}",
                (Node)(lag + (k * length.Amount) is var ago and > 0 ? aggregate with { Window = window with { Lag = length with { Amount = ago } } } : aggregate)));
        }

        return definition.By is { } column
            ? definition.Values.Select(value => (
                value.As ?? $"{name}_{string.Concat(value.Value.Text.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'))}",
                (Node)((Aggregate)definition.Body with { By = new Binary("=", column, value.Value) })))
            : [(name, definition.Body)];
    }

    private static string SourceOf(Node input)
    {
        return input is Name { Source: null } source ? source.Text : Sources(input).First();

        static IEnumerable<string> Sources(Node node) => node switch
        {
            Name { Source: { } named } => [named],
            Unary unary => Sources(unary.Operand),
            Binary binary => [.. Sources(binary.Left), .. Sources(binary.Right)],
            Test test => [.. Sources(test.Operand), .. test.Others.SelectMany(Sources)],
            Call call => call.Arguments.SelectMany(Sources),
            Case choice => [.. choice.Branches.SelectMany(branch => Sources(branch.When).Concat(Sources(branch.Then))), .. choice.Else is null ? [] : Sources(choice.Else)],
            _ => [],
        };
    }
}
