using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Reference;
using FeatureService.Engine.Tests.Oracle;
using FeatureService.Testing;

namespace FeatureService.Engine.Tests.Expressions;

/// <summary>Functions of one event's values, by the instructions and by the reference.</summary>
public sealed class ScalarFunctionTests
{
    private const long Day = Instants.MicrosPerDay;

    private static readonly (string Name, ColumnType Type, object? Value)[] s_columns =
    [
        ("zero", ColumnType.Float64, 0.0), ("minus_zero", ColumnType.Float64, -0.0), ("one", ColumnType.Float64, 1.0),
        ("two", ColumnType.Float64, 2.0), ("nan", ColumnType.Float64, double.NaN), ("inf", ColumnType.Float64, double.PositiveInfinity),
        ("none", ColumnType.Float64, null), ("i", ColumnType.Int64, 7L), ("n", ColumnType.Int64, null),
        ("big", ColumnType.Int64, long.MaxValue), ("s", ColumnType.String, "m"), ("b", ColumnType.Bool, true),
        // Friday, 2021-01-01 is in week 53 of 2020; half an hour before it in UTC it has begun in Tokyo.
        ("d", ColumnType.Date, 18_628), ("t", ColumnType.Timestamp, (18_628 * Day) - (Day / 48)),
    ];

    [Theory]
    [InlineData("exp(a.zero)", 1.0)]
    [InlineData("exp(a.one)", Math.E)]
    [InlineData("exp(a.inf)", double.PositiveInfinity)]
    [InlineData("exp(-a.inf)", 0.0)]
    [InlineData("exp(a.two * 1000)", double.PositiveInfinity)]
    [InlineData("exp(a.nan)", double.NaN)]
    [InlineData("exp(a.none)", null)]
    [InlineData("ln(a.one)", 0.0)]
    [InlineData("ln(a.two)", 0.6931471805599453)]
    [InlineData("ln(a.zero)", null)]
    [InlineData("ln(a.minus_zero)", null)]
    [InlineData("ln(-a.one)", null)]
    [InlineData("ln(-a.inf)", null)]
    [InlineData("ln(a.inf)", double.PositiveInfinity)]
    [InlineData("ln(a.nan)", double.NaN)]
    [InlineData("ln(a.none)", null)]
    [InlineData("log1p(a.zero)", 0.0)]
    [InlineData("log1p(a.one)", 0.6931471805599453)]
    [InlineData("log1p(-a.one)", null)]
    [InlineData("log1p(-a.two)", null)]
    [InlineData("log1p(a.inf)", double.PositiveInfinity)]
    [InlineData("log1p(a.nan)", double.NaN)]
    [InlineData("sqrt(a.two)", 1.4142135623730951)]
    [InlineData("sqrt(a.minus_zero)", 0.0)]
    [InlineData("sqrt(-a.one)", null)]
    [InlineData("sqrt(a.inf)", double.PositiveInfinity)]
    [InlineData("sqrt(a.nan)", double.NaN)]
    [InlineData("sqrt(a.i + 2)", 3.0)]
    public void Numbers_have_a_value_in_the_domain_and_none_outside(string expression, object? value) => Check(expression, value);

    [Theory]
    [InlineData("clip(a.two, 0, 1)", 1.0)]
    [InlineData("clip(a.two, 3, 9)", 3.0)]
    [InlineData("clip(a.two, 1, 9)", 2.0)]
    [InlineData("clip(a.two, 9, 1)", 1.0)]
    [InlineData("clip(a.nan, 0, 1)", 1.0)]
    [InlineData("clip(a.two, one, nan)", 2.0)]
    [InlineData("clip(a.two, nan, 1)", 1.0)]
    [InlineData("clip(a.none, 0, 1)", null)]
    [InlineData("clip(a.none, two, two)", null)]
    [InlineData("clip(a.two, none, 1)", 1.0)]
    [InlineData("clip(a.two, 3, none)", 3.0)]
    [InlineData("clip(a.two, null, none)", 2.0)]
    [InlineData("clip(a.i, 10, 20)", 10L)]
    [InlineData("clip(a.i, n, 5)", 5L)]
    [InlineData("clip(a.n, 1, 5)", null)]
    [InlineData("clip(a.s, 'a', 'k')", "k")]
    [InlineData("clip(a.s, 'x', 'z')", "x")]
    [InlineData("clip(a.s, 'é', null)", "é")]
    [InlineData("clip(a.s, lower(null), upper(a.s))", "M")]
    [InlineData("clip(a.b, false, false)", false)]
    [InlineData("clip(not a.b, true, true)", true)]
    [InlineData("clip(a.d, '2021-01-02', '2021-02-01')", 18_629)]
    [InlineData("clip(a.t, null, '2020-12-31')", ((18_627 * Day) - (Day * 9 / 24)))]
    public void Clip_keeps_a_value_between_bounds_that_are_not_null(string expression, object? value) => Check(expression, value);

    [Theory]
    [InlineData("clip(a.big + 1, 0, 5)")]
    [InlineData("clip(a.i, a.big + 1, 5)")]
    [InlineData("clip(a.n, 0, a.big + 1)")]
    public void Clip_of_an_overflow_is_one(string expression) => Check(expression, Bits.OverflowMark);

    [Theory]
    [InlineData("iso_year(a.d)", 2020L)]
    [InlineData("week_of_year(a.d)", 53L)]
    [InlineData("iso_year(a.t)", 2020L)]
    [InlineData("week_of_year(a.t)", 53L)]
    [InlineData("date(a.t)", 18_628)]
    public void Weeks_are_those_of_ISO_8601_in_the_zone_of_the_catalog(string expression, object? value) => Check(expression, value);

    [Fact]
    public void A_date_becomes_a_timestamp_also_behind_a_null_that_hides_the_same_date()
    {
        var catalog = Catalogs.Of("Asia/Tokyo", Catalogs.Source("a", ("d", ColumnType.Date), ("low", ColumnType.Date)));
        // 1970-01-06, which starts 15 hours behind the second event, is the first week's bound and the second week's date.
        EventRow[] rows = [EventRow.Of(1, 0L, null, 5), EventRow.Of(1, 4 * Day, 5, 5)];
        const string View = "view: v\nfeatures:\n  x: clip(last(a.d) over 1w, last(a.low) over 1w, null) > last(a.at) over 1w\n";
        var view = ViewCompiler.Compile(View, "v.view.yaml", catalog).View!;
        var plan = Plan.Create(new MemorySnapshot(catalog, new Placement(1, 1), [rows]), view, view.Columns);
        var weeks = new WeekRange(catalog.Calendar.WeekOf(0) + 1, 2);
        Assert.Equal([Bits.Of(null), Bits.Of(true)], Answer.OfGrid(plan, weeks).Select(row => row.Values[0]));
    }

    private static void Check(string expression, object? value)
    {
        var catalog = Catalogs.Of("Asia/Tokyo", Catalogs.Source("a", [.. s_columns.Select(column => (column.Name, column.Type))]));
        EventRow[] rows = [EventRow.Of(1, [0L, .. s_columns.Select(column => column.Value)])];
        var snapshot = new MemorySnapshot(catalog, new Placement(1, 1), [rows]);
        var result = ViewCompiler.Compile($"view: v\nfeatures:\n  x: last({expression}) over all\n", "v.view.yaml", catalog);
        Assert.Empty(result.Diagnostics);
        var plan = Plan.Create(snapshot, result.View!, result.View!.Columns);
        var week = catalog.Calendar.WeekOf(0) + 1;
        var expected = Bits.Of(Normal.Of(value));
        Assert.Equal(expected, Assert.Single(Answer.OfList(plan, [EntityKey.Of(1)], [week])).Values[0]);
        Assert.Equal(expected, Bits.Of(new ReferenceEvaluator(snapshot).Entity(EntityKey.Of(1)).Value(result.View.Columns[0], week)));
    }
}
