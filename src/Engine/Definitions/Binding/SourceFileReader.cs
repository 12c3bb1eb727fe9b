using System.Collections.Immutable;
using System.Globalization;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions.Yaml;

namespace FeatureService.Engine.Definitions.Binding;

/// <summary>Reads one source of a catalog file.</summary>
/// <param name="source">Where errors go.</param>
/// <param name="values">Reads single values.</param>
/// <param name="entityName">The catalog's name of the entity.</param>
internal sealed class SourceFileReader(SourceText source, CatalogValues values, string entityName)
{
    private const int DecimalScaleMax = 18;
    private static readonly string[] Keys =
    [
        "files", PostgresQueryReader.Key, "entity", "time", "time_zone", "time_unit", "time_format", "available", "settles_within", "order", "nan", "columns",
        "complete_until",
    ];

    /// <summary>What stands for the time of facts without time.</summary>
    private const string Always = "always";

    /// <summary>Keys about the time, the availability or the order of events.</summary>
    private static readonly string[] KeysOfEvents =
        ["time_unit", "time_format", "available", "settles_within", "order", "complete_until"];

    private static readonly ColumnType[] Types =
        [ColumnType.Bool, ColumnType.Int64, ColumnType.Float64, ColumnType.String, ColumnType.Date, ColumnType.Timestamp];

    /// <summary>Reads a source.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="value">What is said of it.</param>
    /// <returns>Null where it is no mapping; meaningless where something was reported.</returns>
    public SourceFile? Read(YamlScalar key, YamlNode value)
    {
        if (key.Value.Length == 0 || key.Value.Any(char.IsControl))
        {
            source.Report(key.Start, "the name of a source is empty or holds control characters: expected a name");
        }

        if (value is not YamlMapping mapping)
        {
            source.Report(
                key.Start, $"the source '{key.Value}' has {value.Kind}: expected a mapping with the keys {string.Join(", ", Keys)}");
            return null;
        }

        var reader = new MappingReader(source, mapping, $"source '{key.Value}'", Keys);
        return new SourceFile
        {
            Name = key.Value,
            Place = source.At(key.Start, $"source '{key.Value}'"),
            Files = Files(key, reader),
            Postgres = new PostgresQueryReader(source).Read(key.Value, reader),
            EntityColumn = reader.OptionalText("entity")?.Value ?? entityName,
            TimeColumn = TimeColumn(reader),
            StampZone = values.Zone(reader.OptionalText("time_zone")) ?? values.CatalogZone,
            AvailableColumn = reader.OptionalText("available")?.Value,
            SettlesWithin = values.LengthOf(reader.OptionalText("settles_within")),
            TimeUnit = values.UnitOf(reader.OptionalText("time_unit")),
            TimeFormat = Format(reader),
            OrderColumn = reader.OptionalText("order")?.Value,
            NanIsNull = NanIsNull(reader),
            Columns = Columns(reader),
            CompleteUntil = values.Instant(reader.OptionalText("complete_until")),
        };
    }

    private TimeFormat? Format(MappingReader reader)
    {
        var format = values.FormatOf(reader.OptionalText("time_format"));
        if (format is not null && reader.Optional("time_unit") is { } unit)
        {
            source.Report(unit.Start, "time_unit is for integers and time_format for text: expected one of them");
        }

        return format;
    }

    private bool NanIsNull(MappingReader reader)
    {
        var value = reader.Optional("nan");
        var isNull = value is YamlScalar { IsEmpty: true, Value.Length: > 0 };
        if (value is not null && !isNull)
        {
            var found = value is YamlScalar { Value.Length: > 0 } text ? $"'{text.Value}'" : value.Kind;
            source.Report(value.Start, $"nan is {found}: expected null, or no such key to keep NaN as a value");
        }

        return isNull;
    }

    /// <summary>The time column; null for facts without time, of which keys about events say nothing.</summary>
    private string? TimeColumn(MappingReader reader)
    {
        var time = reader.RequiredText("time");
        if (time?.Value != Always)
        {
            return time?.Value;
        }

        foreach (var key in KeysOfEvents.Where(reader.Has))
        {
            source.Report(reader.KeyStart(key), $"{key} is for events, which facts without time (time: always) are not: expected no such key");
        }

        return null;
    }

    private ImmutableArray<string> Files(YamlScalar key, MappingReader reader)
    {
        switch (reader.Optional("files"))
        {
            case null when reader.Has(PostgresQueryReader.Key):
                return [];
            case null:
                source.Report(key.Start, $"source '{key.Value}' has neither 'files' nor '{PostgresQueryReader.Key}': expected one of them");
                return [];
            case not null when reader.Has(PostgresQueryReader.Key):
                source.Report(
                    reader.KeyStart(PostgresQueryReader.Key), $"source '{key.Value}' has both 'files' and '{PostgresQueryReader.Key}': expected one of them");
                return [];
            case YamlSequence list:
                if (list.Items.Count == 0)
                {
                    source.Report(list.Start, "the list of files is empty: expected at least one");
                }

                foreach (var item in list.Items.Where(item => !IsText(item)))
                {
                    source.Report(item.Start, $"the list of files holds {item.Kind}: expected the name of a file or a glob");
                }

                return [.. list.Items.OfType<YamlScalar>().Select(item => item.Value)];
            case YamlMapping wrong:
                source.Report(wrong.Start, $"files is {wrong.Kind}: expected a file, a glob or a list of them");
                return [];
            default:
                return reader.OptionalText("files") is { } file ? [file.Value] : [];
        }
    }

    private ImmutableArray<SourceColumn>? Columns(MappingReader reader)
    {
        if (reader.Mapping("columns", "a mapping of names to types", isRequired: false) is not { } mapping)
        {
            return null;
        }

        if (mapping.Entries.Count == 0)
        {
            source.Report(mapping.Start, "columns is empty: expected at least one, or no such key to keep all");
        }

        var places = new Dictionary<string, YamlScalar>();
        var columns = ImmutableArray.CreateBuilder<SourceColumn>();
        foreach (var (key, value) in mapping.Entries)
        {
            if (!places.TryAdd(key.Value, key))
            {
                source.Report(key.Start, MappingReader.Duplicate(source, $"the column '{key.Value}'", places[key.Value]));
            }
            else if (Column(key, value) is { } column)
            {
                columns.Add(column);
            }
        }

        return columns.ToImmutable();
    }

    private SourceColumn? Column(YamlScalar key, YamlNode value)
    {
        if (!IsText(value))
        {
            source.Report(key.Start, $"the column '{key.Value}' has {value.Kind}: expected a type, as float64");
            return null;
        }

        var name = ((YamlScalar)value).Value;
        if (name.StartsWith("decimal(", StringComparison.Ordinal) && name.EndsWith(')'))
        {
            var digits = name["decimal(".Length..^1];
            if (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var scale) && scale <= DecimalScaleMax)
            {
                return new SourceColumn(key.Value, ColumnType.Int64, scale);
            }

            source.Report(
                value.Start,
                $"decimal has '{digits}' digits behind the point: expected a number from 0 to {DecimalScaleMax}, as decimal(2)");
            return null;
        }

        var index = Array.FindIndex(Types, type => type.Name() == name);
        if (index < 0)
        {
            var known = Types.Select(type => type.Name()).Append("decimal(N)");
            source.Report(value.Start, $"unknown type '{name}': {NearestName.Hint(name, known)}");
            return null;
        }

        return new SourceColumn(key.Value, Types[index]);
    }

    private static bool IsText(YamlNode node) => node is YamlScalar { IsEmpty: false, Value.Length: > 0 };
}
