using System.Collections.Immutable;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Ingest.Values;

namespace FeatureService.Ingest.Inputs;

/// <summary>The columns of one source and their types, from the catalog and the schemas of all its files.</summary>
/// <param name="catalog">The catalog's file.</param>
/// <param name="source">The source.</param>
/// <param name="inputs">Its files.</param>
internal sealed class ColumnResolver(CatalogFile catalog, SourceFile source, ImmutableArray<InputFile> inputs)
{
    private readonly List<string> _errors = [];

    /// <summary>The columns in the order of the catalog, or where it lists none of the input; times that it does not list come last.</summary>
    /// <exception cref="InputException">A column is missing or cannot have its type; every error at once.</exception>
    public ImmutableArray<SourceColumn> Resolve(CancellationToken cancellation)
    {
        RefuseDoubleNames();
        Require(source.EntityColumn, "the entity");
        var names = Names();
        var inferred = _errors.Count == 0 ? Infer(names, cancellation) : [];
        var columns = ImmutableArray.CreateBuilder<SourceColumn>();
        foreach (var name in names)
        {
            if (Column(name, inferred) is { } column)
            {
                columns.Add(column);
            }
        }

        CheckCasts(columns);
        CheckTimes(inferred);
        return _errors.Count == 0 ? columns.ToImmutable() : throw new InputException(_errors);
    }

    private string Place => $"{catalog.Path}:{source.Place.Line}:{source.Place.Column}: source {source.Name}";

    private List<string> Names()
    {
        var listed = source.Columns?.Select(column => column.Name).ToList();
        var names = listed ?? [.. inputs.SelectMany(input => input.Columns).Select(column => column.Name).Distinct().Where(name => name != source.EntityColumn)];
        foreach (var name in listed ?? [])
        {
            Require(name, "the column");
        }

        if (source.OrderColumn is { } order && (order == source.EntityColumn || source.TimeColumn is null))
        {
            _errors.Add($"{Place}: order is {order}, which breaks no ties of {(source.TimeColumn is null ? "facts without time" : "one entity")}: expected another column, or no such key");
        }

        (string?, string)[] further =
            [(source.TimeColumn, "the time"), (source.AvailableColumn, "the availability"), (source.OrderColumn, "the order")];
        foreach (var (name, what) in further)
        {
            if (name is null)
            {
                continue;
            }

            Require(name, what);
            if (!names.Contains(name))
            {
                names.Add(name);
            }
        }

        return names;
    }

    private SourceColumn? Column(string name, Dictionary<string, ColumnType> inferred)
    {
        if (source.Columns?.FirstOrDefault(column => column.Name == name) is { } listed)
        {
            return IsTime(name) && listed.Type is not (ColumnType.Timestamp or ColumnType.Date)
                ? Error<SourceColumn>($"{Place}: column {name} is a time: expected timestamp or date, not {listed.Type.Name()}")
                : listed;
        }

        if (IsTime(name) && source.TimeFormat is { } format)
        {
            return new SourceColumn(name, format.HasClock ? ColumnType.Timestamp : ColumnType.Date);
        }

        var type = ColumnType.None;
        foreach (var input in inputs.Where(input => input.IndexOf(name) >= 0))
        {
            var column = input.Columns[input.IndexOf(name)];
            var found = column.Kind == InputKind.Untyped ? inferred.GetValueOrDefault(name) : TypeOf(column.Kind);
            if (column.Kind == InputKind.Other)
            {
                return IsTime(name) ? Error<SourceColumn>($"{input.Path}: column {name} has type {column.TypeName}: expected a time") : null;
            }

            if (Widen(type, found) is not { } wider)
            {
                return Error<SourceColumn>(
                    $"{input.Path}: column {name} is {found.Name()}, but {type.Name()} in an earlier file: expected one type, or one in 'columns'");
            }

            type = wider;
        }

        if (!IsTime(name))
        {
            // A Parquet column of type null in every file has no values and no type.
            return type == ColumnType.None ? null : new SourceColumn(name, type);
        }

        if (type == ColumnType.Float64 || (type == ColumnType.Int64 && source.TimeUnit is null))
        {
            return Error<SourceColumn>(
                $"{Place}: time column {name} holds numbers: expected a timestamp, a date, text that reads as one, or integers and time_unit");
        }

        return new SourceColumn(name, type == ColumnType.Date ? ColumnType.Date : ColumnType.Timestamp);
    }

    /// <summary>A unit without integers or a format without text would be ignored silently.</summary>
    private void CheckTimes(Dictionary<string, ColumnType> inferred)
    {
        var times = inputs.SelectMany(input => input.Columns).Where(column => IsTime(column.Name)).ToList();
        bool IsText(InputColumn column) => column.Kind is InputKind.Untyped or InputKind.String or InputKind.Null;
        if (source.TimeFormat is not null && !times.Any(IsText))
        {
            _errors.Add($"{Place}: time_format is for text, but {Found(times)}: expected no time_format");
        }

        // Text whose type was found by its values counts as that type.
        if (source.TimeUnit is not null && !times.Any(column =>
            column.Kind == InputKind.Int64 || (IsText(column) && inferred.GetValueOrDefault(column.Name, ColumnType.Int64) == ColumnType.Int64)))
        {
            _errors.Add($"{Place}: time_unit is for integers, but {Found(times)}: expected no time_unit");
        }

        string Found(List<InputColumn> columns) => string.Join(
            ", ",
            columns.Select(column => (column.Name, Type: IsText(column) && inferred.TryGetValue(column.Name, out var type) ? type.Name() : column.TypeName))
                .Distinct().Select(column => $"{column.Name} is {column.Type}"));
    }

    private bool IsTime(string name) => name == source.TimeColumn || name == source.AvailableColumn;

    /// <summary>The narrowest type that holds both; null where there is none.</summary>
    private static ColumnType? Widen(ColumnType left, ColumnType right) => (left, right) switch
    {
        (ColumnType.None, _) => right,
        (_, ColumnType.None) => left,
        _ when left == right => left,
        (ColumnType.Int64, ColumnType.Float64) or (ColumnType.Float64, ColumnType.Int64) => ColumnType.Float64,
        (ColumnType.Date, ColumnType.Timestamp) or (ColumnType.Timestamp, ColumnType.Date) => ColumnType.Timestamp,
        _ => null,
    };

    private static ColumnType TypeOf(InputKind kind) => kind switch
    {
        InputKind.Bool => ColumnType.Bool,
        InputKind.Int64 => ColumnType.Int64,
        InputKind.Float64 or InputKind.Decimal => ColumnType.Float64,
        InputKind.String => ColumnType.String,
        InputKind.Date => ColumnType.Date,
        InputKind.Timestamp => ColumnType.Timestamp,
        _ => ColumnType.None,
    };

    private Dictionary<string, ColumnType> Infer(List<string> names, CancellationToken cancellation)
    {
        var open = names.Where(name => source.Columns?.Any(column => column.Name == name) != true && !(IsTime(name) && source.TimeFormat is not null)).ToHashSet();
        return open.Count == 0 ? [] : TypeFinder.Find(inputs, open, cancellation);
    }

    private void CheckCasts(IEnumerable<SourceColumn> columns)
    {
        var entityType = catalog.EntityType == EntityKeyType.Int64 ? ColumnType.Int64 : ColumnType.String;
        foreach (var column in columns.Append(new SourceColumn(source.EntityColumn, entityType)))
        {
            foreach (var input in inputs.Where(input => input.IndexOf(column.Name) >= 0))
            {
                var found = input.Columns[input.IndexOf(column.Name)];
                var isCounted = found.Kind == InputKind.Int64 && IsTime(column.Name) && source.TimeUnit is not null;
                if (!isCounted && !Casts.Exists(found.Kind, column.Type))
                {
                    _errors.Add($"{input.Path}: column {column.Name} has type {found.TypeName}, which does not cast to {column.Type.Name()}");
                }
            }
        }
    }

    private void Require(string name, string what)
    {
        // Objects leave keys out that have no value, so what one file of NDJSON has is a column of all.
        var isKey = inputs.OfType<NdjsonFile>().Any(input => input.IndexOf(name) >= 0);
        foreach (var input in inputs.Where(input => input.IndexOf(name) < 0 && !(isKey && input is NdjsonFile)))
        {
            _errors.Add($"{Place}: {what} {name} is not in {input.Path}: its columns are {string.Join(", ", input.Columns.Select(column => column.Name))}");
        }
    }

    private void RefuseDoubleNames()
    {
        foreach (var input in inputs)
        {
            _errors.AddRange(input.Columns.CountBy(column => column.Name).Where(name => name.Value > 1)
                .Select(name => $"{input.Path}: {name.Value} columns have the name '{name.Key}': expected one"));
        }
    }

    private T? Error<T>(string message)
        where T : class
    {
        _errors.Add(message);
        return null;
    }
}
