using CsCheck;
using FeatureService.Core.Calendar;
using FeatureService.Engine.Kernels;

namespace FeatureService.Engine.Tests.Kernels;

public sealed unsafe class SlopeOperatorTests
{
    private static readonly Gen<TimedValue> s_inputs =
        Gen.Select(Gen.Double[-25_000, 84_000], Numbers.Any, (days, value) => new TimedValue(days, value));

    [Fact]
    public void Eight_states_merge_to_the_bits_of_one() => OperatorLaws<SlopeOperator, Trend, TrendVector, TimedValue>.EightMergeAsOne(s_inputs);

    [Fact]
    public void An_empty_state_changes_nothing() => OperatorLaws<SlopeOperator, Trend, TrendVector, TimedValue>.EmptyChangesNothing(s_inputs);

    [Fact]
    public void An_event_enters_with_its_time_in_days()
    {
        var time = (19_000 * Instants.MicrosPerDay) + (Instants.MicrosPerDay / 4);
        var value = 7.5;
        Assert.Equal(new TimedValue(19_000.25, 7.5), SlopeOperator.Input(new TileInputs(&value, &time), 0));
    }

    [Fact]
    public void Values_on_a_line_have_its_slope() =>
        Gen.Select(Gen.Int[-20, 20], Gen.Int[0, 1000].HashSet[2, 20], Gen.Int[0, 20]).Sample((slope, days, cut) =>
        {
            TimedValue[] values = [.. days.Order().Select(day => new TimedValue(19_000 + day, 3 + (slope * day)))];
            var state = SlopeOperator.Merge(Fold(values.Take(cut)), Fold(values.Skip(cut)));
            Numbers.Near(slope, state.Products / state.Squares, 100);
        });

    [Fact]
    public void Equal_times_have_no_squares_however_they_are_merged() =>
        Gen.Select(Gen.Long[0, 1L << 52], Numbers.Usual.Array[0, 9].Array[1, 5]).Sample((time, parts) =>
        {
            var days = time / (double)Instants.MicrosPerDay;
            var states = parts.Select(part => Fold([.. part.Select(value => new TimedValue(days, value))]));
            Assert.Equal(0.0, states.Aggregate(SlopeOperator.Empty, SlopeOperator.Merge).Squares);
        });

    private static Trend Fold(IEnumerable<TimedValue> values) => OperatorLaws<SlopeOperator, Trend, TrendVector, TimedValue>.Fold(values);
}
