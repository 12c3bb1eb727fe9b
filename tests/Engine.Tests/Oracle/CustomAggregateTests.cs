using CsCheck;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Definitions.Custom;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Tests.Definitions;
using FeatureService.Samples.Aggregates;
using FeatureService.Testing.Generators;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>Aggregates that are written in C#: those of the samples.</summary>
public sealed class CustomAggregateTests
{
    private static readonly CustomAggregates s_custom = CustomAggregates.Of([new RootMeanSquare(), new LongestStreakDays(), new Newest()]);

    [Fact]
    public void They_have_the_bits_of_the_reference_in_every_window() => Gen.Select(
        CaseGen.Of(rowsMax: 40, depth: 0),
        Gen.OneOf("1w", "5w", "13w lag 1w", "20d", "100h lag 30h", "all", "all lag 2w", "last 4 events", "last 2 events lag 3d"),
        Gen.OneOf("1w", "3w lag 1w", "30h")).Sample(
        (oracle, window, next) =>
        {
            var text = $"""
                view: custom
                features:
                  rms: root_mean_square(a.f) over {window}
                  rms_late: root_mean_square(b.i where b) over {window}
                  newest: newest(a.f) over {window}
                  newest_late: newest(b.f) over {window}
                  streak: longest_streak_days(a) over {window}
                  streak_late: longest_streak_days(b where f > 0) over {window} / 2
                  by_truth: root_mean_square(b.f) over {window} by b in (true, false)
                labels:
                  rms_next: root_mean_square(b.f) over next {next}
                  streak_next: longest_streak_days(b) over next {next}
                """;
            var result = ViewCompiler.Compile(text, "v.view.yaml", oracle.Catalog, s_custom);
            Assert.True(result.View is not null, string.Join('\n', result.Diagnostics));
            var plan = Plan.Create(oracle.Snapshot(), result.View, result.View.Columns);
            Expected.Equal(plan, Expected.OfGrid(plan, oracle.Weeks), Answer.OfGrid(plan, oracle.Weeks));
        },
        iter: 1_000);

    [Fact]
    public void A_streak_is_of_local_dates_on_end()
    {
        var streak = new LongestStreakDays();
        LongestStreakDays.Streaks state = default;
        foreach (var day in new[] { 5, 5, 6, 8, 9, 10, 12 })
        {
            state = streak.Add(state, new CustomEvent(day * Instants.MicrosPerDay, day, 0));
        }

        Assert.Equal((3, 1), (state.Longest, state.Length));
    }

    [Fact]
    public void Name_and_version_are_in_the_normal_form()
    {
        var column = Compile("root_mean_square(rides.fare where shared) over 13w").View!.Columns[0];
        Assert.Equal("feature: root_mean_square#1(float64(rides.fare) where rides.shared over 91d)", column.NormalForm);
        Assert.Equal(ColumnType.Float64, column.OutputType);
        Assert.Equal(ColumnType.Int64, Compile("longest_streak_days(app_opens) over all").View!.Columns[0].OutputType);
    }

    [Theory]
    [InlineData("root_mean_square(rides.area) over 1w", "root_mean_square takes float64, found string")]
    [InlineData("root_mean_square(rides) over 1w", "root_mean_square takes values, found the source rides: expected an input, as root_mean_square(rides.COLUMN)")]
    [InlineData("longest_streak_days(rides.fare) over 1w", "longest_streak_days takes events: expected the name of a source, as longest_streak_days(SOURCE) over 13w")]
    [InlineData("root_mean_square(rides.fare, 2) over 1w", "root_mean_square has 2 arguments: expected 1")]
    [InlineData("root_mean_square(rides.fare)", "root_mean_square has no window: expected over behind it, as root_mean_square(...) over 13w")]
    [InlineData("root_mean_sqare(rides.fare) over 1w", "unknown function 'root_mean_sqare': did you mean 'root_mean_square'?")]
    public void What_it_does_not_take_is_told(string definition, string error) =>
        Assert.Equal(error, Assert.Single(Compile(definition).Diagnostics).Message);

    [Fact]
    public void A_view_that_names_an_aggregate_that_is_not_there_is_refused() => Assert.StartsWith(
        "unknown function 'root_mean_square'",
        Assert.Single(Sample.Compile(Sample.Alone("root_mean_square(rides.fare) over 1w")).Diagnostics).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Names_of_the_language_and_names_that_stand_twice_are_refused()
    {
        Assert.Contains("called 'root_mean_square'", Assert.Throws<ArgumentException>(() => CustomAggregates.Of([new RootMeanSquare(), new RootMeanSquare()])).Message, StringComparison.Ordinal);
        Assert.Contains("name of the language", Assert.Throws<ArgumentException>(() => CustomAggregates.Of([new Called("median")])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Called("Not A Name"));
    }

    private static ViewResult Compile(string definition) =>
        ViewCompiler.Compile(Sample.Alone(definition), "v.view.yaml", Sample.Catalog, s_custom);

    /// <summary>Its states merge, and not the other way round.</summary>
    private sealed class Newest() : CustomAggregate<(bool Any, double Value)>("newest", 1, ColumnType.Float64, ColumnType.Float64)
    {
        public override bool CanMerge => true;

        public override (bool Any, double Value) Add((bool Any, double Value) state, in CustomEvent e) => (true, e.Float64);

        public override (bool Any, double Value) Merge((bool Any, double Value) older, (bool Any, double Value) newer) => newer.Any ? newer : older;

        public override CustomValue Finish((bool Any, double Value) state, long windowEnd) => state.Any ? CustomValue.Of(state.Value) : CustomValue.Null;
    }

    private sealed class Called(string name) : CustomAggregate<int>(name, 1, ColumnType.Int64, ColumnType.Int64)
    {
        public override int Add(int state, in CustomEvent e) => state + 1;

        public override CustomValue Finish(int state, long windowEnd) => CustomValue.Of((long)state);
    }
}
