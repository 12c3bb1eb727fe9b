using FeatureService.Core.Keys;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Reference;
using FeatureService.Engine.Tests.Oracle;
using FeatureService.Testing;

namespace FeatureService.Engine.Tests.Definitions;

/// <summary>What bound definitions mean to those that evaluate them, on expressions that few would write.</summary>
public sealed class MeaningTests
{
    public static TheoryData<string, object?> Values => new()
    {
        { "null = null", null },
        { "null <> null", null },
        { "null is null", true },
        { "1 is not null", true },
        { "null in (null)", null },
        { "null in (1, 2)", null },
        { "1 in (1, null)", true },
        { "2 in (1, null)", null },
        { "2 not in (1, null)", null },
        { "1 in (1.0, 2.5)", true },
        { "'a' in ('b', 'a')", true },
        { "null and false", false },
        { "null and true", null },
        { "null or true", true },
        { "not null", null },
        { "upper(null)", null },
        { "null like '%'", null },
        { "'abc' like 'a_c'", true },
        { "'ABC' like 'abc'", false },
        { "null + 1", null },
        { "null / null", null },
        { "1 / 0", null },
        { "7 % 0", null },
        { "-7 % 3", -1L },
        { "7 / 2", 3.5 },
        { "coalesce(null, 1, 2.5)", 1.0 },
        { "least(null, 3, 2)", 2L },
        { "greatest('a', null, 'b')", "b" },
        { "case when null then 1 when true then 2 end", 2L },
        { "case when false then 1 end", null },
        { "case when false then 1 else 2.5 end", 2.5 },
        { "5 between 1 and null", null },
        { "5 between 6 and null", false },
        { "5 not between 6 and null", true },
        { "5 between 1 and 5.0", true },
        { "true > false", true },
        { "'b' >= 'a'", true },
        { "length('a\U0001F600b')", 3L },
        { "round(2.5) + round(-2.5)", 0.0 },
        { "9223372036854775807 - 1", 9223372036854775806L },
        { "-9223372036854775808", long.MinValue },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Engine_and_reference_give_the_value_of_sql(string definition, object? expected) => Check(Sample.Alone(definition), expected);

    [Fact]
    public void The_longest_chain_of_operators_has_a_value() =>
        Check(Sample.Alone("1" + string.Concat(Enumerable.Repeat(" + 1", 499))), 500L);

    [Fact]
    public void The_longest_chain_of_features_has_a_value()
    {
        var features = Enumerable.Range(1, 249).Select(i => $"f{i}: f{i - 1} + 1");
        Check(Sample.View([.. features.Reverse(), "f0: 1"]), 250L);
    }

    /// <summary>The value of a view's first column, for an entity without events.</summary>
    private static void Check(string yaml, object? expected)
    {
        var view = Sample.Good(yaml);
        var snapshot = new MemorySnapshot(Sample.Catalog, new Placement(1, 1), [[], [], []], [null, null, null]);
        Assert.Equal(Bits.Of(expected), Bits.Of(new ReferenceEvaluator(snapshot).Entity(EntityKey.Of(1)).Value(view.Columns[0], 2_800)));

        using var run = RowsRun.OfList(Plan.Create(snapshot, view, view.Columns), [EntityKey.Of(1)], [2_800]);
        for (var task = 0; task < run.TaskCount; task++)
        {
            run.RunTask(task, TestContext.Current.CancellationToken);
        }

        using var block = Assert.Single(run.Complete());
        Assert.Equal(Bits.Of(expected), Bits.Of(Bits.Column(block.Columns[0], 1)[0]));
    }
}
