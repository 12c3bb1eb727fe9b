using System.Numerics;
using System.Text;
using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Reference;

namespace FeatureService.Oracle.Tests.OnlineRetail;

/// <summary>
/// A real shop against DuckDB's SQL, every cell of every customer and week of a year: sums of floats within 1e-12 of their absolute
/// values, all else equal.
/// </summary>
public sealed class OnlineRetailTests(RetailFixture fixture) : IClassFixture<RetailFixture>
{
    private const int CustomersPerReference = 200;

    [Fact]
    public void Every_cell_of_a_year_is_what_DuckDB_says() => Compare("", 1, Engine, IsSame);

    [Fact]
    public void The_reference_says_what_DuckDB_says_of_some_customers() => Compare("", CustomersPerReference, Reference, IsSame);

    [Fact]
    public void Every_cell_of_a_year_in_float32_is_what_DuckDB_says() => Compare("numbers: float32\n", 1, Engine, IsSameRounded);

    private static bool IsSame(RetailFeature feature, object? expected, object? actual, double scale) => (expected, actual) switch
    {
        (double wanted, double got) when feature.Scale is not null => Math.Abs(wanted - got) <= 1e-12 * scale,
        _ => Equals(expected, actual),
    };

    /// <summary>As <see cref="IsSame"/>, one ulp of float32 to either side: a sum may lie on either side of a tie.</summary>
    private static bool IsSameRounded(RetailFeature feature, object? expected, object? actual, double scale) => (expected, actual) switch
    {
        (bool wanted, float got) => got == (wanted ? 1f : 0f),
        (long wanted, float got) => got == wanted,
        (double wanted, float got) => got >= float.BitDecrement((float)(wanted - 1e-12 * scale))
            && got <= float.BitIncrement((float)(wanted + 1e-12 * scale)),
        _ => Equals(expected, actual),
    };

    /// <summary>Compares every cell of every so many customers.</summary>
    private void Compare(
        string numbers,
        int customers,
        Func<Plan, int, List<RetailRow>> evaluate,
        Func<RetailFeature, object?, object?, double, bool> isSame)
    {
        var text = new StringBuilder("view: retail\nfeatures:\n");
        text.AppendJoin("", RetailFeature.All.Where(feature => !feature.IsLabel).Select(Line));
        text.Append("labels:\n").AppendJoin("", RetailFeature.All.Where(feature => feature.IsLabel).Select(Line)).Append(numbers);
        var result = ViewCompiler.Compile(text.ToString(), "retail.view.yaml", fixture.Snapshot.Catalog);
        Assert.Empty(result.Diagnostics);
        var actual = evaluate(Plan.Create(fixture.Snapshot, result.View!, result.View!.Columns), customers);
        var rows = fixture.DuckDb.Rows.Index().Where(row => row.Item.Customer % customers == 0).ToList();
        Assert.Equal(rows.Select(row => row.Item), actual.Select(row => (row.Customer, row.Day)));
        Assert.True(actual.Count * customers > 200_000, "a year of customers");
        for (var i = 0; i < RetailFeature.All.Count; i++)
        {
            var feature = RetailFeature.All[i];
            var (expected, scales) = (fixture.DuckDb.Values(feature), feature.Scale is null ? null : fixture.DuckDb.Scales(feature));
            for (var row = 0; row < actual.Count; row++)
            {
                var wanted = Plain(expected[rows[row].Index]);
                var scale = scales is null ? 0 : Convert.ToDouble(Plain(scales[rows[row].Index]) ?? 0.0, null);
                Assert.True(
                    isSame(feature, wanted, actual[row].Values[i], scale),
                    $"{feature.Name} of {rows[row].Item}: DuckDB {wanted ?? "null"}, here {actual[row].Values[i] ?? "null"}");
            }
        }
    }

    private static string Line(RetailFeature feature) => $"  {feature.Name}: \"{feature.Definition}\"\n";

    /// <summary>DuckDB's sums of int64 are hugeint; dates are days here.</summary>
    private static object? Plain(object? value) => value switch
    {
        BigInteger number => (long)number,
        DateOnly date => WeekCalendar.DayNumber(date),
        _ => value,
    };

    private List<RetailRow> Reference(Plan plan, int customers)
    {
        var reference = new ReferenceEvaluator(plan.Snapshot);
        var weeks = Weeks(plan);
        return
        [
            .. from customer in fixture.DuckDb.Rows.Select(row => row.Customer).Distinct()
               where customer % customers == 0
               let entity = reference.Entity(EntityKey.Of(customer))
               from index in Enumerable.Range(0, weeks.Count)
               let day = WeekCalendar.Date(plan.Snapshot.Catalog.Calendar.FirstDay(weeks[index]))
               select new RetailRow(customer, day, [.. plan.Columns.Select(column => entity.Value(column, weeks[index]))]),
        ];
    }

    private static List<RetailRow> Engine(Plan plan, int customers)
    {
        Assert.Equal(1, customers);
        return [.. EngineRows.Of(plan, Weeks(plan)).Select(row => new RetailRow(row.Key, row.Day, row.Values))];
    }

    private static WeekRange Weeks(Plan plan)
    {
        var calendar = plan.Snapshot.Catalog.Calendar;
        Assert.True(calendar.TryParse(RetailFixture.FirstDay, out var first, out _));
        Assert.True(calendar.TryParse(RetailFixture.LastDay, out var last, out _));
        return WeekRange.Between(first, last);
    }

    private sealed record RetailRow(long Customer, DateOnly Day, object?[] Values);
}
