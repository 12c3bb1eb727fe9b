using FeatureService.Engine.Definitions.Syntax;
using FeatureService.Engine.Definitions.Yaml;

namespace FeatureService.Engine.Definitions.Binding;

/// <summary>A view file as parsed, before its names mean anything.</summary>
internal sealed class ViewFile
{
    private static readonly string[] Keys = ["view", "description", "features", "labels", "population", "numbers"];

    private readonly SourceText _source;
    private readonly Dictionary<string, (string Name, YamlNode? Place)> _taken;
    private readonly Dictionary<string, DefinedColumn> _columns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, YamlScalar> _definitions = new(StringComparer.Ordinal);

    private ViewFile(SourceText source, Catalog catalog)
    {
        _source = source;
        _taken = new(StringComparer.OrdinalIgnoreCase)
        {
            [ReservedColumns.Week] = ("the column 'week'", null),
            [ReservedColumns.RowStatus] = ("the column 'row_status'", null),
            [catalog.EntityName] = ($"the entity '{catalog.EntityName}'", null),
        };
    }

    /// <summary>The view's name.</summary>
    public string Name { get; private set; } = "";

    /// <summary>What it is for.</summary>
    public string Description { get; private set; } = "";

    /// <summary>The number types of its outputs.</summary>
    public NumberType Numbers { get; private set; }

    /// <summary>The columns of all definitions by name.</summary>
    public IReadOnlyDictionary<string, DefinedColumn> Columns => _columns;

    /// <summary>The definitions in the order of features, then labels.</summary>
    public List<Definition> Definitions { get; } = [];

    /// <summary>Which rows of a grid exist; null where the file says nothing.</summary>
    public Definition? Population { get; private set; }

    /// <summary>Reads and parses a view file; what is wrong is reported.</summary>
    /// <param name="source">The file.</param>
    /// <param name="catalog">Names the entity, which no column may be called.</param>
    /// <returns>Null where the file is no mapping.</returns>
    public static ViewFile? Read(SourceText source, Catalog catalog)
    {
        if (YamlReader.Read(source) is not { } root)
        {
            return null;
        }

        if (root is not YamlMapping mapping)
        {
            source.Report(root.Start, $"the view file holds {root.Kind}: expected a mapping with the keys {string.Join(", ", Keys)}");
            return null;
        }

        var file = new ViewFile(source, catalog);
        file.ReadKeys(new MappingReader(source, mapping, "the view", Keys));
        return file;
    }

    private void ReadKeys(MappingReader reader)
    {
        if (reader.RequiredText("view") is { } name)
        {
            Name = name.Value;
            if (!IsViewName(name.Value))
            {
                _source.Report(
                    name.Start,
                    $"the view's name '{name.Value}' is not usable: expected letters, digits, '_', '-' and '.', a letter first");
            }
        }

        Description = reader.OptionalText("description")?.Value ?? "";
        if (reader.OptionalText("numbers") is { } numbers)
        {
            Numbers = NumberType.Float32;
            if (numbers.Value != "float32")
            {
                _source.Report(numbers.Start, $"numbers is '{numbers.Value}': expected float32, or no such key for own types");
            }
        }

        if (reader.OptionalText("population") is { } population)
        {
            Population = Parse("population", population, FeatureRole.Feature);
        }

        ReadDefinitions(reader.Mapping("features", "a mapping of names to definitions", isRequired: false), FeatureRole.Feature);
        ReadDefinitions(reader.Mapping("labels", "a mapping of names to definitions", isRequired: false), FeatureRole.Label);
        if (!reader.Has("features") && !reader.Has("labels"))
        {
            _source.Report(reader.Start, "the view has no columns: expected features or labels");
        }
    }

    private void ReadDefinitions(YamlMapping? mapping, FeatureRole role)
    {
        var what = role == FeatureRole.Feature ? "feature" : "label";
        if (mapping is { Entries.Count: 0 })
        {
            _source.Report(mapping.Start, $"there is no {what}: expected at least one, or no such key");
        }

        foreach (var (key, value) in mapping?.Entries ?? [])
        {
            if (!IsName(key, what) || !IsFirst(key, what))
            {
                continue;
            }

            if (value is not YamlScalar { IsEmpty: false } text)
            {
                _source.Report(key.Start, $"the {what} '{key.Value}' has {value.Kind}: expected a definition, as count(SOURCE) over 13w");
            }
            else if (!Add(key, Parse(key.Value, text, role), what))
            {
                _source.Report(key.Start, $"the view has too many columns: expected at most {Limits.ColumnCountMax}");
                return;
            }
        }
    }

    /// <summary>Adds a definition and its columns; false where there are too many.</summary>
    private bool Add(YamlScalar key, Definition definition, string what)
    {
        Definitions.Add(definition);
        // The columns of by and series are not known where the text is no definition; a name of one is then no error of its own.
        foreach (var (position, name) in definition.Syntax?.ColumnNames(definition.Name) ?? [new ColumnNameSyntax(0, definition.Name)])
        {
            if (_columns.Count == Limits.ColumnCountMax)
            {
                return false;
            }

            var clash = Clash(name, key, definition.IsSeveral ? $"the column '{name}' of '{definition.Name}'" : $"the {what} '{name}'");
            if (clash is null)
            {
                var column = new DefinedColumn(definition, name);
                definition.Columns.Add(column);
                _columns.Add(name, column);
            }
            else if (definition.IsSeveral)
            {
                definition.Errors.Add(position, clash);
            }
            else
            {
                _source.Report(key.Start, clash);
            }
        }

        return true;
    }

    private bool IsName(YamlScalar key, string what)
    {
        if (key.Value.Length == 0 || key.Value.Any(char.IsControl))
        {
            _source.Report(key.Start, $"the name of a {what} is empty or holds control characters: expected a name");
            return false;
        }

        return true;
    }

    private bool IsFirst(YamlScalar key, string what)
    {
        if (_definitions.TryAdd(key.Value, key))
        {
            return true;
        }

        var line = _source.At(_definitions[key.Value].Start, "").Line;
        _source.Report(key.Start, $"the {what} '{key.Value}' clashes with '{key.Value}' in line {line}: column names must differ, ignoring case");
        return false;
    }

    /// <summary>What is wrong with a column's name; null where no other column has it.</summary>
    private string? Clash(string name, YamlScalar key, string column)
    {
        if (_taken.TryAdd(name, ($"'{name}'", key)))
        {
            return null;
        }

        var (taken, place) = _taken[name];
        var where = place is null ? "" : $" in line {_source.At(place.Start, "").Line}";
        return $"{column} clashes with {taken}{where}: column names must differ, ignoring case";
    }

    private Definition Parse(string name, YamlScalar text, FeatureRole role)
    {
        var errors = new ErrorReport(_source, text);
        DefinitionSyntax? syntax = null;
        try
        {
            syntax = Parser.Parse(text.Value);
        }
        catch (SyntaxException error)
        {
            errors.Add(error.Index, error.CutOff ? error.Message + YamlErrors.CutOffHint(_source.Text, text) : error.Message);
        }

        return new Definition { Name = name, Text = text, Role = role, Errors = errors, Syntax = syntax };
    }

    private static bool IsViewName(string name) =>
        char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');
}
