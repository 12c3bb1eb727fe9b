using FeatureService.Core.Calendar;
using FeatureService.Engine.Definitions.Syntax;
using FeatureService.Engine.Definitions.Yaml;

namespace FeatureService.Engine.Definitions.Binding;

/// <summary>Reads single values of a catalog file; null for one that is not there or is wrong, which is reported.</summary>
/// <param name="source">Where errors go.</param>
/// <param name="zone">The catalog's zone.</param>
internal sealed class CatalogValues(SourceText source, ZoneRules zone)
{
    /// <summary>The catalog's zone.</summary>
    public ZoneRules CatalogZone => zone;

    /// <summary>A zone of the tz database.</summary>
    public ZoneRules? Zone(YamlScalar? text)
    {
        if (text is null)
        {
            return null;
        }

        if (ZoneRules.FromTzdb(text.Value) is { } found)
        {
            return found;
        }

        var nearest = NearestName.Find(text.Value, ZoneRules.Ids.Order(StringComparer.Ordinal));
        var hint = nearest is null ? "expected a name of the tz database, as Asia/Tokyo" : $"did you mean '{nearest}'?";
        source.Report(text.Start, $"unknown time zone '{text.Value}': {hint}");
        return null;
    }

    /// <summary>An instant, in microseconds UTC; a date is its start, without offset it is local in the catalog's zone.</summary>
    public long? Instant(YamlScalar? text)
    {
        if (text is null)
        {
            return null;
        }

        if (TimeText.TryParseTimestamp(text.Value, zone, out var utc))
        {
            return utc;
        }

        source.Report(text.Start, $"'{text.Value}' is no instant: expected a date as 2024-03-04 or a timestamp as 2024-03-04 10:15:00");
        return null;
    }

    /// <summary>A length of time.</summary>
    public Length? LengthOf(YamlScalar? text)
    {
        if (text is null)
        {
            return null;
        }

        if (LengthText.TryParse(text.Value, out var length, out var error))
        {
            return length;
        }

        source.Report(text.Start, error!);
        return null;
    }

    /// <summary>What integers of time count.</summary>
    public TimeUnit? UnitOf(YamlScalar? text)
    {
        if (text is null)
        {
            return null;
        }

        if (TimeUnits.TryParse(text.Value, out var unit))
        {
            return unit;
        }

        source.Report(text.Start, $"'{text.Value}' is no unit of time: expected {string.Join(", ", TimeUnits.Names)}");
        return null;
    }

    /// <summary>A format of times in text.</summary>
    public TimeFormat? FormatOf(YamlScalar? text)
    {
        if (text is null)
        {
            return null;
        }

        var format = TimeFormat.TryParse(text.Value, out var error);
        if (format is null)
        {
            source.Report(text.Start, error!);
        }

        return format;
    }
}
