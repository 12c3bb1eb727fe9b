using System.Collections.Immutable;
using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions.Yaml;

namespace FeatureService.Engine.Definitions.Binding;

/// <summary>Reads a catalog file; what is wrong is reported, and what can still be checked is.</summary>
internal sealed class CatalogFileReader(SourceText source)
{
    private static readonly string[] Keys = ["entity", "time_zone", "week_starts", "complete_until", "sources"];
    private static readonly string[] EntityKeys = ["name", "type"];

    /// <summary>Reads the file.</summary>
    /// <returns>Null where the file is no mapping; meaningless where something was reported.</returns>
    public CatalogFile? Read()
    {
        if (YamlReader.Read(source) is not { } root)
        {
            return null;
        }

        if (root is not YamlMapping mapping)
        {
            source.Report(root.Start, $"the catalog file holds {root.Kind}: expected a mapping with the keys {string.Join(", ", Keys)}");
            return null;
        }

        var reader = new MappingReader(source, mapping, "the catalog", Keys);
        var (entityName, entityType) = Entity(reader);
        var values = new CatalogValues(source, ZoneRules.Utc);
        var zone = values.Zone(reader.OptionalText("time_zone")) ?? ZoneRules.Utc;
        values = new CatalogValues(source, zone);
        return new CatalogFile
        {
            Path = source.File,
            EntityName = entityName,
            EntityType = entityType,
            Calendar = new WeekCalendar(zone, WeekStart(reader)),
            CompleteUntil = values.Instant(reader.OptionalText("complete_until")),
            Sources = Sources(reader, new SourceFileReader(source, values, entityName)),
        };
    }

    private (string Name, EntityKeyType Type) Entity(MappingReader catalog)
    {
        if (catalog.Mapping("entity", "{name: NAME, type: int64 or string}", isRequired: true) is not { } mapping)
        {
            return ("", EntityKeyType.Int64);
        }

        var reader = new MappingReader(source, mapping, "the entity", EntityKeys);
        var name = reader.RequiredText("name");
        var clash = name?.Value.ToLowerInvariant();
        if (clash is ReservedColumns.Week or ReservedColumns.RowStatus)
        {
            source.Report(
                name!.Start,
                $"the entity's name '{name.Value}' clashes with the column '{clash}': column names must differ, ignoring case");
        }
        else if (name is not null && name.Value.Any(char.IsControl))
        {
            source.Report(name.Start, "the entity's name holds control characters: expected a name");
        }

        var type = reader.RequiredText("type");
        if (type is { Value: not ("int64" or "string") })
        {
            source.Report(type.Start, $"the entity's type is '{type.Value}': expected int64 or string");
        }

        return (name?.Value ?? "", type?.Value == "string" ? EntityKeyType.String : EntityKeyType.Int64);
    }

    private DayOfWeek WeekStart(MappingReader reader)
    {
        if (reader.OptionalText("week_starts") is not { } text)
        {
            return DayOfWeek.Monday;
        }

        var days = Enum.GetValues<DayOfWeek>().ToDictionary(day => day.ToString().ToLowerInvariant());
        if (days.TryGetValue(text.Value.ToLowerInvariant(), out var found))
        {
            return found;
        }

        source.Report(text.Start, $"'{text.Value}' is no day of the week: {NearestName.Hint(text.Value, days.Keys)}");
        return DayOfWeek.Monday;
    }

    private ImmutableArray<SourceFile> Sources(MappingReader catalog, SourceFileReader reader)
    {
        if (catalog.Mapping("sources", "a mapping of names to sources", isRequired: true) is not { } mapping)
        {
            return [];
        }

        if (mapping.Entries.Count == 0)
        {
            source.Report(mapping.Start, "the catalog has no source: expected at least one");
        }

        var sources = ImmutableArray.CreateBuilder<SourceFile>();
        var places = new Dictionary<string, YamlScalar>();
        foreach (var (key, value) in mapping.Entries)
        {
            if (!places.TryAdd(key.Value, key))
            {
                source.Report(key.Start, MappingReader.Duplicate(source, $"the source '{key.Value}'", places[key.Value]));
            }
            else if (reader.Read(key, value) is { } read)
            {
                sources.Add(read);
            }
        }

        return sources.ToImmutable();
    }
}
