using System.Collections.Immutable;
using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions;

namespace FeatureService.Ingest.Storing;

/// <summary>How the events of a source lie in a store: field after field, each of one width for all events.</summary>
internal sealed class EventLayout
{
    /// <summary>The field of an event's entity, an int32.</summary>
    public const int Entity = 0;

    /// <summary>Lays the events of a source out.</summary>
    public EventLayout(EventSource source)
    {
        Time = -1;
        Available = -1;
        var widths = ImmutableArray.CreateBuilder<int>();
        widths.Add(sizeof(int));
        int Field(int width)
        {
            widths.Add(width);
            return widths.Count - 1;
        }

        Columns = [.. source.Columns.Select(column => Field(IsWide(column.Type) ? sizeof(long) : sizeof(int)))];
        Valid = [.. source.Columns.Select((_, i) => i == source.TimeColumn && !source.Always ? -1 : Field(sizeof(bool)))];
        if (!source.Always)
        {
            // A time that is an instant need not be kept twice; the instant at which a day starts is.
            Time = source.Columns[source.TimeColumn].Type == ColumnType.Timestamp ? Columns[source.TimeColumn] : Field(sizeof(long));
        }

        if (source.AvailableColumn >= 0)
        {
            Available = Field(sizeof(long));
        }

        Widths = widths.ToImmutable();
    }

    /// <summary>The field of the instants, int64; -1 for facts without time.</summary>
    public int Time { get; }

    /// <summary>The field of the instants at which events became known, the greatest int64 where never; -1 where the source does not say.</summary>
    public int Available { get; }

    /// <summary>The field of each column: 8 bytes, or an int32 for days, codes of texts, 1 and 0.</summary>
    public ImmutableArray<int> Columns { get; }

    /// <summary>For each column the field that says which events have a value, absent from runs in which all have; -1 for the time's.</summary>
    public ImmutableArray<int> Valid { get; }

    /// <summary>Bytes of each field.</summary>
    public ImmutableArray<int> Widths { get; }

    /// <summary>Bytes of an event.</summary>
    public int EventBytes => Widths.Sum();

    /// <summary>Whether values of a type take 8 bytes.</summary>
    public static bool IsWide(ColumnType type) => type is ColumnType.Int64 or ColumnType.Float64 or ColumnType.Timestamp;
}
