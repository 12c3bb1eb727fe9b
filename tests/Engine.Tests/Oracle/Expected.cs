using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Reference;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>What the reference evaluator says about rows.</summary>
internal static class Expected
{
    /// <summary>All weeks of all entities of every slice, in the order of a grid.</summary>
    public static List<AnswerRow> OfGrid(Plan plan, WeekRange weeks)
    {
        var reference = new ReferenceEvaluator(plan.Snapshot);
        var rows = new List<AnswerRow>();
        foreach (var slice in Answer.Slices(plan))
        {
            var keys = plan.Snapshot.Slice(slice).Keys;
            for (var entity = 0; entity < keys.Count; entity++)
            {
                rows.AddRange(OfEntity(reference, plan.Columns, keys[entity], Weeks(weeks)));
            }
        }

        return rows;
    }

    /// <summary>The rows of one entity.</summary>
    public static IEnumerable<AnswerRow> OfEntity(
        ReferenceEvaluator reference, IReadOnlyList<FeatureColumn> columns, EntityKey key, IEnumerable<int> weeks)
    {
        var entity = reference.Entity(key);
        return weeks.Select(week => new AnswerRow(
            key, week, entity.Status(columns, week), [.. columns.Select(column => Bits.Of(entity.Value(column, week)))]));
    }

    /// <summary>The weeks of a range.</summary>
    public static IEnumerable<int> Weeks(WeekRange weeks) => Enumerable.Range(0, weeks.Count).Select(index => weeks[index]);

    /// <summary>Fails unless both have the same rows, naming the first cell that differs.</summary>
    public static void Equal(Plan plan, IReadOnlyList<AnswerRow> expected, IReadOnlyList<AnswerRow> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var row = 0; row < expected.Count; row++)
        {
            var at = $"row {row}, entity {expected[row].Key}, week {plan.Snapshot.Catalog.Calendar.Format(expected[row].Week)}";
            Assert.True(expected[row].Key == actual[row].Key, $"{at}: the entity is {actual[row].Key}");
            Assert.True(expected[row].Week == actual[row].Week, $"{at}: the week is {actual[row].Week}");
            for (var i = 0; i < plan.Columns.Count; i++)
            {
                var (wanted, got) = (expected[row].Values[i], actual[row].Values[i]);
                Assert.True(wanted == got, $"{at}, {plan.Columns[i].Name}: {plan.Columns[i].Text}: expected {wanted}, got {got}");
            }

            Assert.True(expected[row].Status == actual[row].Status, $"{at}: expected {expected[row].Status}, got {actual[row].Status}");
        }
    }
}
