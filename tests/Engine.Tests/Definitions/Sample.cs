using System.Collections.Immutable;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;

namespace FeatureService.Engine.Tests.Definitions;

/// <summary>A catalog of three sources, and ways to compile against it.</summary>
internal static class Sample
{
    public static Catalog Catalog { get; } = new()
    {
        EntityName = "user_id",
        EntityType = EntityKeyType.Int64,
        Calendar = new WeekCalendar(ZoneRules.FromTzdb("Asia/Tokyo")!, DayOfWeek.Monday),
        Sources =
        [
            Source("app_opens", "opened_at", new SourceColumn("opened_at", ColumnType.Timestamp)),
            Source(
                "rides",
                "picked_up_at",
                new SourceColumn("picked_up_at", ColumnType.Timestamp),
                new SourceColumn("settled_at", ColumnType.Timestamp),
                new SourceColumn("booked_on", ColumnType.Date),
                new SourceColumn("fare", ColumnType.Int64),
                new SourceColumn("tip", ColumnType.Int64, 2),
                new SourceColumn("km", ColumnType.Float64),
                new SourceColumn("area", ColumnType.String),
                new SourceColumn("payment", ColumnType.String),
                new SourceColumn("shared", ColumnType.Bool)) with
            { AvailableColumn = 1, SettlesWithin = new Length(30, LengthUnit.Day) },
            Source("coupons", "at", new SourceColumn("at", ColumnType.Timestamp), new SourceColumn("action", ColumnType.String)),
        ],
    };

    /// <summary>The same with facts without time.</summary>
    public static Catalog WithUsers { get; } = Catalog with
    {
        Sources = [.. Catalog.Sources, Source("users", "", new SourceColumn("city", ColumnType.String), new SourceColumn("born", ColumnType.Int64))],
    };

    public static EventSource Source(string name, string time, params ImmutableArray<SourceColumn> columns) => new()
    {
        Name = name,
        Columns = columns,
        TimeColumn = columns.ToList().FindIndex(column => column.Name == time),
        Reading = "zone Asia/Tokyo",
    };

    /// <summary>A view of features, one a line as <c>name: definition</c>.</summary>
    public static string View(params string[] features) => "view: v\nfeatures:\n" + Lines(features);

    public static string Lines(IEnumerable<string> definitions) => string.Concat(definitions.Select(line => $"  {line}\n"));

    public static ViewResult Compile(string yaml, Catalog? catalog = null) => ViewCompiler.Compile(yaml, "v.view.yaml", catalog ?? Catalog);

    public static FeatureView Good(string yaml, Catalog? catalog = null)
    {
        var result = Compile(yaml, catalog);
        Assert.True(result.View is not null, string.Join('\n', result.Diagnostics));
        return result.View;
    }

    /// <summary>A definition as the only feature of a view, in a block, so that YAML leaves it as it is.</summary>
    public static string Alone(string definition, string role = "features") =>
        $"view: v\n{role}:\n  f: |2-\n    {definition.Replace("\n", "\n    ", StringComparison.Ordinal)}\n";

    public static FeatureColumn Feature(string definition, Catalog? catalog = null) => Good(Alone(definition), catalog).Columns[0];

    public static FeatureColumn Label(string definition, Catalog? catalog = null) => Good(Alone(definition, "labels"), catalog).Columns[0];

    /// <summary>The one error of a definition, as "column in the definition: message".</summary>
    public static string Error(string definition, string role = "features", Catalog? catalog = null)
    {
        var diagnostic = Assert.Single(Compile(Alone(definition, role), catalog).Diagnostics);
        return $"{diagnostic.Column - 4}: {diagnostic.Message}";
    }

    public static string[] Errors(string yaml) => [.. Compile(yaml).Diagnostics.Select(diagnostic => diagnostic.ToString())];
}
