using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Reference;
using FeatureService.Testing;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>Single cells of the reference evaluator, of the entity 1 in a catalog in UTC whose first source is <c>a</c>.</summary>
internal static class ReferenceCell
{
    public const long Hour = 3_600_000_000;
    public const long Day = 24 * Hour;
    public const long Week = 7 * Day;

    /// <summary>Week 0 starts on 1969-12-29: its cutoff is three days before 1970.</summary>
    public const long Week0 = -3 * Day;

    /// <summary>Columns of the plain source: <c>x</c> float64, <c>y</c> int64, <c>s</c> string.</summary>
    public static EventSource Plain { get; } =
        Catalogs.Source("a", ("x", ColumnType.Float64), ("y", ColumnType.Int64), ("s", ColumnType.String));

    /// <summary>The plain source with a column <c>known</c> that says when a row became known.</summary>
    public static EventSource Late { get; } = Catalogs.Source("a", ("x", ColumnType.Float64), ("known", ColumnType.Timestamp)) with
    {
        AvailableColumn = 2,
    };

    /// <summary>An event of the plain source so many days after week 0 starts.</summary>
    public static EventRow At(double day, double? x = null, long? y = null, string? s = null) =>
        EventRow.Of(1, Week0 + (long)(day * Day), x, y, s);

    /// <summary>Events of the plain source on day 0, 1, 2 and so on.</summary>
    public static EventRow[] Daily(params double?[] x) => [.. x.Select((value, day) => At(day, value))];

    /// <summary>A feature of the plain source.</summary>
    public static object? Feature(string definition, int week, params EventRow[] rows) => Value(definition, week, Plain, rows);

    /// <summary>A label of the plain source, whose data is whole for ever.</summary>
    public static object? Label(string definition, int week, params EventRow[] rows) =>
        Value(definition, week, Plain, rows, FeatureRole.Label, long.MaxValue);

    /// <summary>A feature or label of a source.</summary>
    public static object? Value(
        string definition,
        int week,
        EventSource source,
        EventRow[] rows,
        FeatureRole role = FeatureRole.Feature,
        long? completeUntil = null) =>
        Value(definition, week, Catalogs.Of("UTC", source), [rows], role, [completeUntil]);

    /// <summary>A feature or label of a catalog.</summary>
    public static object? Value(
        string definition,
        int week,
        Catalog catalog,
        EventRow[][] rows,
        FeatureRole role = FeatureRole.Feature,
        long?[]? completeUntil = null)
    {
        var view = role == FeatureRole.Feature
            ? View($"features:\n  x: \"{definition}\"\n", catalog)
            : View($"features:\n  y: count(a) over 1w\nlabels:\n  x: \"{definition}\"\n", catalog);
        return Value(view.Columns.Single(column => column.Name == "x"), week, catalog, rows, completeUntil);
    }

    /// <summary>The column of a view.</summary>
    public static object? Value(FeatureColumn column, int week, Catalog catalog, EventRow[][] rows, long?[]? completeUntil = null) =>
        new ReferenceEvaluator(new MemorySnapshot(catalog, new Placement(1, 1), rows, completeUntil))
            .Entity(EntityKey.Of(1)).Value(column, week);

    /// <summary>A view, which must be right.</summary>
    public static FeatureView View(string columns, Catalog catalog)
    {
        var result = ViewCompiler.Compile("view: v\n" + columns, "v.view.yaml", catalog);
        Assert.Empty(result.Diagnostics);
        return result.View!;
    }
}
