using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Numerics;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Snapshots;
using FeatureService.Testing;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>Windows that slide over very many events of one entity, against each cell computed by itself.</summary>
public sealed class SlidingWindowTests
{
    private const int Events = 10_000;
    private const int WeekCount = 260;

    // Every week is computed; so many are compared.
    private static readonly int[] s_weeks = [.. Enumerable.Range(0, WeekCount).Where(week => week % 5 == 0 || week > WeekCount - 5)];

    private static readonly GeneratedSnapshot s_snapshot = new(entities: 1, Events, WeekCount - 20, slices: 1);

    private static readonly SourceEvents s_events = s_snapshot.Slice(new SliceId(0, 0)).Source(0);

    private static readonly int s_first = s_snapshot.Catalog.Calendar.WeekOf(GeneratedEvents.Start);

    [Theory]
    [InlineData("quantile(e.f, 0.9) over 13w", 13, 0.9)]
    [InlineData("median(e.f) over 26w", 26, 0.5)]
    [InlineData("quantile(e.f, 0.37) over 260w", 260, 0.37)]
    [InlineData("quantile(e.f, 0) over all", int.MaxValue, 0.0)]
    [InlineData("quantile(e.f, 1) over 52w", 52, 1.0)]
    public void Quantiles_are_those_of_the_sorted_window(string definition, int weeks, double fraction) =>
        Compare<double>(definition, "f", weeks, values =>
        {
            double[] sorted = [.. values.Order()];
            var place = (sorted.Length - 1) * fraction;
            var d = place - Math.Floor(place);
            var (low, high) = (sorted[(int)Math.Floor(place)], sorted[(int)Math.Ceiling(place)]);
            return d == 0 || low == high ? low : (low * (1 - d)) + (high * d);
        });

    [Theory]
    [InlineData("mode(e.i) over 13w", 13, 1)]
    [InlineData("top(e.i, 3) over 104w", 104, 3)]
    [InlineData("top(e.i, 700) over 26w", 26, 700)]
    [InlineData("top(e.i, 9000) over all", int.MaxValue, 9000)]
    public void The_most_frequent_values_are_those_of_the_counted_window(string definition, int weeks, int rank) =>
        Compare<long>(definition, "i", weeks, values => Counted(values) is var groups && groups.Length < rank ? null : groups[rank - 1].Value);

    [Theory]
    [InlineData("mode(e.i % 100) over 13w", 13)]
    [InlineData("mode(e.i % 100) over all", int.MaxValue)]
    public void The_mode_of_few_values_is_that_of_the_counted_window(string definition, int weeks) =>
        Compare<long>(definition, "i", weeks, values => Counted(values.Select(value => value % 100))[0].Value);

    [Theory]
    [InlineData("entropy(e.i) over 13w", 13, 20_001)]
    [InlineData("entropy(e.i % 300) over 52w", 52, 300)]
    [InlineData("entropy(e.i % 7) over all", int.MaxValue, 7)]
    // n * log2(n) / n is not always log2(n), but one value has no entropy, however often it occurs.
    [InlineData("entropy(e.i % 1) over 13w", 13, 1)]
    public void Entropies_are_those_of_the_counted_window(string definition, int weeks, int modulus) =>
        Compare<long>(definition, "i", weeks, values =>
        {
            int[] counts = [.. Counted(values.Select(value => value % modulus)).Select(group => group.Count).Order()];
            var sum = counts.Aggregate(0.0, (sum, count) => sum + (count * Elementary.Log2(count)));
            return counts.Length == 1 ? 0.0 : Elementary.Log2(counts.Sum()) - (sum / counts.Sum());
        });

    [Theory]
    [InlineData("count_distinct(e.i) over last 1000 events", 1000)]
    [InlineData("count_distinct(e.i) over last 9999999 events", 9_999_999)]
    public void Distinct_values_of_the_latest_events_are_those_of_the_counted_window(string definition, int eventsMax)
    {
        var expected = s_weeks.Select(week =>
        {
            var rows = Enumerable.Range(0, Events).Where(row => s_events.FirstCutoffs[row] <= s_first + week).TakeLast(eventsMax);
            return Bits.Of((long)Values<long>("i", rows).Distinct().Count());
        });
        Assert.Equal(expected, Actual(definition));
    }

    [Theory]
    [InlineData("sum(e.f) over last 1000 events", 1000)]
    [InlineData("sum(e.f) over last 9999999 events", 9_999_999)]
    public void A_sum_of_the_latest_events_is_one_fold_in_event_order(string definition, int eventsMax)
    {
        var expected = s_weeks.Select(week =>
        {
            var rows = Enumerable.Range(0, Events).Where(row => s_events.FirstCutoffs[row] <= s_first + week).TakeLast(eventsMax);
            var values = Values<double>("f", rows);
            return Bits.Of(values.Count == 0 ? null : values.Aggregate(0.0, (sum, value) => sum + value));
        });
        Assert.Equal(expected, Actual(definition));
    }

    [Theory]
    [InlineData("min_by(e.f, i % 50) over 26w", 26, 1)]
    [InlineData("max_by(e.f, i % 50) over all", int.MaxValue, -1)]
    public void The_value_of_the_extreme_is_that_of_the_earliest_event_that_has_it(string definition, int weeks, int sign) =>
        Compare(definition, weeks, rows =>
        {
            var (values, order) = (Column("f"), Column("i"));
            var known = rows.Where(row => values.IsValid(row) && order.IsValid(row)).ToArray();
            return known.Length == 0 ? null : values.Values<double>()[known.MinBy(row => sign * (order.Values<long>()[row] % 50))];
        });

    [Theory]
    [InlineData("longest_gap_days(e.b) over 13w", 13)]
    [InlineData("longest_gap_days(e.b) over all", int.MaxValue)]
    public void The_longest_gap_is_that_between_neighbours(string definition, int weeks) => Compare(definition, weeks, rows =>
    {
        var column = Column("b");
        var times = rows.Where(column.IsValid).Select(row => s_events.Times[row]).ToArray();
        return times.Length < 2 ? null : times.Zip(times.Skip(1), (time, next) => next - time).Max() / (double)Instants.MicrosPerDay;
    });

    private static void Compare<T>(string definition, string column, int weeks, Func<IReadOnlyList<T>, object?> value)
        where T : unmanaged =>
        Compare(definition, weeks, rows => Values<T>(column, rows) is { Count: > 0 } values ? value(values) : null);

    private static void Compare(string definition, int weeks, Func<IEnumerable<int>, object?> value)
    {
        var expected = s_weeks.Select(week => Bits.Of(value(
            // An event lies in the week before its first cutoff.
            Enumerable.Range(0, Events).Where(row =>
                s_events.FirstCutoffs[row] <= s_first + week && s_events.FirstCutoffs[row] > s_first + (long)week - weeks))));
        Assert.Equal(expected, Actual(definition));
    }

    private static EventColumn Column(string name) => s_events.Column(s_snapshot.Catalog.Sources[0].IndexOf(name));

    private static List<T> Values<T>(string name, IEnumerable<int> rows)
        where T : unmanaged
    {
        var column = Column(name);
        return [.. rows.Where(column.IsValid).Select(row => column.Values<T>()[row])];
    }

    private static (long Value, int Count)[] Counted(IEnumerable<long> values) =>
    [
        .. values.CountBy(value => value).Select(group => (group.Key, group.Value))
            .OrderByDescending(group => group.Value).ThenBy(group => group.Key),
    ];

    private static IEnumerable<string> Actual(string definition)
    {
        var view = ViewCompiler.Compile($"view: v\nfeatures:\n  x: {definition}\n", "v.view.yaml", s_snapshot.Catalog).View!;
        var rows = Answer.OfGrid(Plan.Create(s_snapshot, view, view.Columns), new WeekRange(s_first, WeekCount));
        return s_weeks.Select(week => rows[week].Values[0]);
    }
}
