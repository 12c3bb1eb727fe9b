using CsCheck;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;

namespace FeatureService.Testing.Generators;

/// <summary>
/// Cases of two sources, <c>a</c> and <c>b</c>, with a column of every type, <c>b</c> with late availability, and facts without time
/// <c>u</c> of some of their entities and of one that has no events: random events on and around window ends, random views, random grids.
/// </summary>
public static class CaseGen
{
    private static readonly (string Name, ColumnType Type)[] s_columns =
    [
        ("b", ColumnType.Bool), ("i", ColumnType.Int64), ("f", ColumnType.Float64), ("s", ColumnType.String),
        ("d", ColumnType.Date), ("t", ColumnType.Timestamp),
    ];

    /// <summary>A catalog of the generated cases.</summary>
    public static Catalog Example { get; } = Catalog(Catalogs.Weeks("UTC"), EntityKeyType.Int64, null);

    /// <summary>Name of the column that has a type.</summary>
    /// <param name="type">The type.</param>
    public static string ColumnOf(ColumnType type) => s_columns.First(column => column.Type == type).Name;

    /// <summary>Cases.</summary>
    /// <param name="rowsMax">The most rows of a source.</param>
    /// <param name="depth">How deep operators may nest.</param>
    public static Gen<OracleCase> Of(int rowsMax, int depth) =>
        from time in ZoneGen.Calendar
        from keys in Gen.OneOf(EntityKeyType.Int64, EntityKeyType.String)
        from settles in Gen.Frequency((3, (Length?)null), (1, new Length(3, LengthUnit.Day)), (1, new Length(30, LengthUnit.Hour)))
        let catalog = Catalog(time.Calendar, keys, settles)
        let instants = ValueGen.Instant(time.Calendar, time.Week)
        from a in Rows(catalog, 0, instants, rowsMax)
        from b in Rows(catalog, 1, instants, rowsMax)
        from u in Facts(catalog, instants)
        from complete in Gen.Select(CompleteUntil(time), CompleteUntil(time))
        from placement in Gen.OneOf(new Placement(1, 1), new Placement(2, 2), new Placement(4, 1))
        from first in Gen.Int[time.Week - 8, time.Week + 6]
        from count in Gen.Int[1, 12]
        from step in Gen.Frequency((4, 1), (1, 2), (1, 5))
        from view in ViewGen.Of(depth)
        select new OracleCase(
            catalog, placement, [a, b, u], [complete.Item1, complete.Item2, null], view, new WeekRange(first, count, step));

    private static Catalog Catalog(WeekCalendar calendar, EntityKeyType keys, Length? settlesWithin) => new()
    {
        EntityName = "user_id",
        EntityType = keys,
        Calendar = calendar,
        Sources =
        [
            Catalogs.Source("a", s_columns),
            Catalogs.Source("b", [.. s_columns, ("known", ColumnType.Timestamp)]) with
            {
                AvailableColumn = s_columns.Length + 1,
                SettlesWithin = settlesWithin,
            },
            Catalogs.Facts("u", s_columns),
        ],
    };

    /// <summary>Rows of a few entities; some rows stand twice.</summary>
    private static Gen<EventRow[]> Rows(Catalog catalog, int source, Gen<long> instants, int rowsMax)
    {
        var row = Row(catalog, source, instants);
        return Gen.Select(row.Array[0, rowsMax], Gen.Int[0, 3], (rows, twice) => (EventRow[])[.. rows, .. rows.Take(twice)]);
    }

    private static Gen<EventRow> Row(Catalog catalog, int source, Gen<long> instants)
    {
        var calendar = catalog.Calendar;
        var delay = Gen.Frequency(
            (2, (IGen<long?>)Gen.Const<long?>(0L)),
            (1, Gen.Const<long?>((long?)null)),
            (4, Gen.Long[-30, 600].Select(hours => (long?)(hours * Instants.MicrosPerHour))));
        return
            from key in Gen.Int[0, 4]
            from time in instants
            from values in Values(catalog, instants)
            from late in delay
            from onCutoff in Gen.Int[0, 5]
            let known = onCutoff == 0 ? calendar.Cutoff(calendar.WeekOf(time) + 1) : time + late
            select new EventRow(Key(catalog, key), source == 0 ? [time, .. values] : [time, .. values, known]);
    }

    /// <summary>At most one row of each entity.</summary>
    private static Gen<EventRow[]> Facts(Catalog catalog, Gen<long> instants) => Gen.Select(
        Values(catalog, instants).Array[6],
        Gen.Bool.Array[6],
        (values, isKnown) => values.Select((row, key) => new EventRow(Key(catalog, key), row)).Where((_, key) => isKnown[key]).ToArray());

    /// <summary>One value for each of the columns.</summary>
    private static Gen<object?[]> Values(Catalog catalog, Gen<long> instants)
    {
        var value = s_columns.Select(column => ValueGen.Of(column.Type, instants, catalog.Calendar)).ToArray();
        return
            from first in Gen.Select(value[0], value[1], value[2], (b, i, f) => (object?[])[b, i, f])
            from second in Gen.Select(value[3], value[4], value[5], (s, d, t) => (object?[])[s, d, t])
            select (object?[])[.. first, .. second];
    }

    private static EntityKey Key(Catalog catalog, int number) =>
        catalog.EntityType == EntityKeyType.Int64 ? EntityKey.Of(number - 1) : EntityKey.Of($"user {number}");

    private static Gen<long?> CompleteUntil((WeekCalendar Calendar, int Week) time) => Gen.Frequency(
        (1, (IGen<long?>)Gen.Const<long?>((long?)null)),
        (2, Gen.Const<long?>(time.Calendar.Cutoff(time.Week + 40))),
        (2, Gen.Int[time.Week - 2, time.Week + 12].Select(week => (long?)time.Calendar.Cutoff(week))),
        (1, ValueGen.Instant(time.Calendar, time.Week).Select(instant => (long?)instant)));
}
