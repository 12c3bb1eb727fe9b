using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Engine.Reference;

/// <summary>One event.</summary>
/// <param name="Time">Microseconds UTC.</param>
/// <param name="Known">The later of time and availability; null where it is never known.</param>
/// <param name="Values">One for each column of the source, as <see cref="ConstantExpression.Value"/> has them.</param>
internal sealed record ReferenceEvent(long Time, long? Known, object?[] Values)
{
    /// <summary>The events of one entity of a slice, in event order.</summary>
    public static IReadOnlyList<ReferenceEvent> Read(Catalog catalog, int source, SourceEvents events, int entity)
    {
        var description = catalog.Sources[source];
        var list = new List<ReferenceEvent>();
        for (var row = events.Offsets[entity]; row < events.Offsets[entity + 1]; row++)
        {
            var values = new object?[description.Columns.Length];
            for (var column = 0; column < values.Length; column++)
            {
                values[column] = Value(events.Column(column), row);
            }

            var time = description.Always ? long.MinValue : events.Times[row];
            var available = description.AvailableColumn < 0
                ? time
                : Instant(catalog.Calendar.Zone, values[description.AvailableColumn]);
            list.Add(new ReferenceEvent(time, available is { } known ? Math.Max(time, known) : null, values));
        }

        return list;
    }

    private static long? Instant(ZoneRules zone, object? value) => value is int day ? zone.StartOfDay(day) : (long?)value;

    private static object? Value(EventColumn column, int row)
    {
        if (!column.IsValid(row))
        {
            return null;
        }

        return column.Type switch
        {
            ColumnType.Bool => Bitmap.Get(column.Data.Span, row),
            ColumnType.Int64 or ColumnType.Timestamp => column.Values<long>()[row],
            ColumnType.Float64 => column.Values<double>()[row],
            ColumnType.Date => column.Values<int>()[row],
            ColumnType.String => column.Dictionary!.Text(column.Values<int>()[row]),
            _ => throw new NotSupportedException($"an event column of type {column.Type.Name()}"),
        };
    }
}
