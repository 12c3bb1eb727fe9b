using CsCheck;
using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Planning;
using FeatureService.Testing.Generators;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>A value has the same bits whatever else is asked with it and however a request is cut.</summary>
public sealed class InvarianceTests
{
    private static readonly Gen<OracleCase> s_cases = CaseGen.Of(rowsMax: 30, depth: 1);

    [Fact]
    public void Single_cells_have_the_bits_of_the_grid() => s_cases.Sample(
        oracle =>
        {
            var (plan, grid) = Grid(oracle);
            var cells = grid.Take(40).SelectMany(row => Answer.OfList(plan, [row.Key], [row.Week])).ToList();
            Expected.Equal(plan, [.. grid.Take(40)], cells);
        },
        iter: 200);

    [Fact]
    public void A_list_in_any_order_with_duplicates_and_unknown_entities_has_the_bits_of_the_reference() =>
        Gen.Select(s_cases, Gen.Select(Gen.Int[-3, 9], Gen.Int[-20, 20]).Array[0, 60]).Sample(
            (oracle, picks) =>
            {
                var plan = Plan(oracle);
                var keys = picks.Select(pick => Key(oracle, pick.Item1)).ToList();
                var weeks = picks.Select(pick => oracle.Weeks.First + pick.Item2).ToList();
                var reference = new Reference.ReferenceEvaluator(plan.Snapshot);
                var expected = keys.Zip(weeks)
                    .SelectMany(row => Expected.OfEntity(reference, plan.Columns, row.First, [row.Second])).ToList();
                Expected.Equal(plan, expected, Answer.OfList(plan, keys, weeks));
            },
            iter: 500);

    [Fact]
    public void Named_entities_have_the_bits_of_the_reference() => Gen.Select(s_cases, Gen.Int[-3, 9].HashSet[1, 8]).Sample(
        (oracle, picks) =>
        {
            var plan = Plan(oracle);
            var reference = new Reference.ReferenceEvaluator(plan.Snapshot);
            foreach (var group in picks.Select(pick => Key(oracle, pick)).GroupBy(key => oracle.Placement.SliceOf(key.Hash)))
            {
                var keys = group.Order().ToList();
                var expected = keys
                    .SelectMany(key => Expected.OfEntity(reference, plan.Columns, key, Expected.Weeks(oracle.Weeks))).ToList();
                Expected.Equal(plan, expected, Answer.OfKeys(plan, group.Key, oracle.Weeks, keys));
            }
        },
        iter: 500);

    [Fact]
    public void Runs_of_weeks_have_the_bits_of_the_whole_range() => Gen.Select(s_cases, Gen.Int[1, 5]).Sample(
        (oracle, chunk) =>
        {
            var (plan, grid) = Grid(oracle);
            var rows = new List<AnswerRow>();
            for (var index = 0; index < oracle.Weeks.Count; index += chunk)
            {
                var count = Math.Min(chunk, oracle.Weeks.Count - index);
                rows.AddRange(Answer.OfGrid(plan, new WeekRange(oracle.Weeks[index], count, oracle.Weeks.Step)));
            }

            Expected.Equal(plan, Sorted(grid), Sorted(rows));
        },
        iter: 300);

    [Fact]
    public void A_column_alone_has_the_bits_that_it_has_among_others() => s_cases.Sample(
        oracle =>
        {
            var (plan, grid) = Grid(oracle);
            for (var i = 0; i < plan.Columns.Count; i++)
            {
                var alone = Answer.OfGrid(Engine.Planning.Plan.Create(plan.Snapshot, plan.View, [plan.Columns[i]]), oracle.Weeks);
                Assert.Equal(grid.Select(row => row.Values[i]), alone.Select(row => row.Values[0]));
            }
        },
        iter: 300);

    [Fact]
    public void Another_placement_gives_the_same_bits() => s_cases.Sample(
        oracle =>
        {
            var (plan, grid) = Grid(oracle);
            var other = Answer.OfGrid(Plan(oracle with { Placement = new Placement(8, 4) }), oracle.Weeks);
            Expected.Equal(plan, Sorted(grid), Sorted(other));
        },
        iter: 300);

    private static List<AnswerRow> Sorted(List<AnswerRow> rows) => [.. rows.OrderBy(row => row.Key).ThenBy(row => row.Week)];

    private static EntityKey Key(OracleCase oracle, int number) =>
        oracle.Catalog.EntityType == EntityKeyType.Int64 ? EntityKey.Of(number - 1) : EntityKey.Of($"user {number}");

    private static Plan Plan(OracleCase oracle)
    {
        var view = oracle.View();
        return Engine.Planning.Plan.Create(oracle.Snapshot(), view, view.Columns);
    }

    private static (Plan Plan, List<AnswerRow> Rows) Grid(OracleCase oracle)
    {
        var plan = Plan(oracle);
        return (plan, Answer.OfGrid(plan, oracle.Weeks));
    }
}
