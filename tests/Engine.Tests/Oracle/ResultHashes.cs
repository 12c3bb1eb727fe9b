using System.Globalization;
using System.IO.Hashing;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using FeatureService.Testing;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>One hash per aggregate and function over all its results on generated events, a million each.</summary>
internal static class ResultHashes
{
    private const int WeekCount = 256;

    private static readonly string[] s_definitions =
    [
        "count(e) over 13w", "count(e.f where b) over 5w", "count_distinct(e.i) over 26w", "count_distinct(e.s) over 13w",
        "sum(e.i) over 13w", "sum(e.f) over 13w", "sum(e.f) over 52w", "sum(e.f) over 90d", "sum(e.f) over 100h lag 5d",
        "sum(e.f) over all", "sum(e.f where s = 'app' or s like '%c%') over 7w", "avg(e.f) over 11w", "avg(e.i) over all",
        "min(e.f) over 13w", "max(e.f) over 30d", "min(e.s) over 13w", "max(e.d) over 9w", "min(e.t) over all", "max(e.b) over 6w",
        "var_pop(e.f) over 13w", "var_samp(e.f) over 40d", "stddev_pop(e.i) over 26w", "stddev_samp(e.f) over all",
        "first(e.f) over 8w", "last(e.s) over all", "last(e.f where f > 0) over 13w",
        "days_since_first(e) over 13w", "days_since_last(e.f) over all",
        "sum(abs(e.f)) over 13w", "sum(floor(e.f)) over 13w", "sum(ceil(e.f)) over 13w", "sum(round(e.f)) over 13w",
        "sum(e.f + i) over 13w", "sum(e.f - i) over 13w", "sum(e.f * i) over 13w", "sum(e.f / i) over 13w",
        "sum(e.f % 7.5) over 13w",
        "sum(e.i % 17) over 13w", "sum(-e.f) over 13w", "sum(coalesce(e.f, i)) over 13w", "sum(least(e.f, i)) over 13w",
        "sum(greatest(e.f, i, 2.5)) over 13w", "sum(length(e.s)) over 13w", "count_distinct(lower(e.s)) over 13w", "max(upper(e.s)) over 13w",
        "sum(hour(e.t)) over 13w", "sum(minute(e.t)) over 13w", "sum(weekday(e.t)) over 13w", "sum(iso_weekday(e.d)) over 13w",
        "sum(day(e.t)) over 13w", "sum(month(e.d)) over 13w", "sum(year(e.t)) over 13w", "max(date(e.t)) over 13w",
        "count(e where f between -100 and i) over 13w", "sum(case when e.b then f when i > 0 then i else 0.5 end) over 13w",
        "sum(e.f) over 4w / sum(e.f) over 4w lag 4w", "round(avg(e.f) over 4w * 100) / 100", "abs(sum(e.i) over 9w) % 1000",
        "sum(e.f) over 4w > 0 and not (max(e.b) over 4w)", "coalesce(sum(e.f) over 1w, avg(e.f) over 13w, 0)",
        "sum(exp((e.f + 850) / 16)) over 13w", "sum(ln(e.f + 900)) over 13w", "sum(log1p((e.f + 850) / 100)) over 13w",
        "sum(sqrt(e.f + 900)) over 13w", "sum(clip(e.f, -900, i)) over 13w", "max(clip(e.s, 'b', 'd')) over 13w",
        "sum(iso_year(e.t)) over 13w", "sum(week_of_year(e.d)) over 13w", "ln(-(sum(e.f) over 4w))", "exp(avg(e.f) over 4w / 100)",
        "sqrt(sum(e.i) over 9w)", "clip(avg(e.f) over 11w, -880, -870)", "iso_year(week) * 100 + week_of_year(week)",
        "skewness(e.f) over 13w", "skewness(e.i) over all", "kurtosis(e.f) over 26w", "kurtosis(e.f) over 40d", "slope(e.f) over 13w",
        "slope(e.i) over 20d lag 5d", "slope(e.b) over all", "decayed_sum(e.f, 2w) over 26w", "decayed_sum(e.f, 36h) over 100h lag 5d",
        "decayed_sum(e.i, 30d) over all", "decayed_count(e, 1w) over 13w",
        "median(e.f) over 13w", "quantile(e.i, 0.9) over 26w", "quantile(e.f, 0.37) over all", "median(e.b) over 40d lag 30h",
        "mode(e.s) over 13w", "mode(e.f) over 9w", "top(e.i % 17, 3) over 52w", "top(e.s, 2) over all", "entropy(e.s) over 26w",
        "entropy(e.i % 17) over 52w", "entropy(e.f) over all", "nth_last(e.f, 3) over 13w", "min_by(e.f, i) over 13w",
        "max_by(e.s, f) over 26w", "avg_gap_days(e) over 13w", "longest_gap_days(e.f) over 26w", "active_days(e) over 13w",
        "active_weeks(e.f) over 52w", "sum(e.f) over last 10 events", "avg(e.i where b) over last 5 events lag 3d",
        "var_pop(e.f) over last 20 events", "kurtosis(e.f) over last 20 events", "slope(e.f) over last 30 events",
        "decayed_sum(e.f, 2w) over last 10 events", "max(e.f) over last 7 events", "count_distinct(e.s) over last 9 events",
        "median(e.f) over last 12 events", "entropy(e.s) over last 25 events", "min_by(e.s, f) over last 6 events",
        "quantile(e.f, 0.1) over last 9 events", "mode(e.b) over last 5 events", "top(e.s, 2) over 26w", "entropy(e.s) over 13w",
        "entropy(e.b) over 40d", "nth_last(e.f, 3) over 26w", "min_by(e.s, f) over 13w", "max_by(e.f, i) over last 7 events",
        "share(e where f > 0) over 13w", "active_weeks(e.f) over 26w", "var_samp(e.f) over last 10 events lag 3w", "value(u.f)",
        "value(u.s)",
    ];

    private static readonly string[] s_rounded =
        ["sum(e.f) over 13w", "sum(e.i * 1000003 * 1000003) over 13w", "max(e.b) over 6w", "avg(e.f) over 11w / sum(e.i) over 3w"];

    private static readonly string[] s_labels = ["days_until_first(e) over next 4w lag 3d", "sum(e.f) over next 13w"];

    /// <summary>Every definition that has a hash.</summary>
    public static IEnumerable<string> Definitions => [.. s_definitions, .. s_rounded, .. s_labels];

    /// <summary>Lines of a hash, <c>own</c>, <c>float32</c> or <c>label</c>, and the definition.</summary>
    public static IEnumerable<string> Compute()
    {
        var snapshot = GeneratedSnapshot.WithFacts(entities: 4000, eventsPerEntity: 160, weeks: 250, slices: 4);
        foreach (var (kind, definitions) in new[] { ("own", s_definitions), ("float32", s_rounded), ("label", s_labels) })
        {
            var lines = definitions.Index().Select(definition => $"  x{definition.Index}: '{definition.Item.Replace("'", "''")}'\n");
            var numbers = kind == "float32" ? "numbers: float32\n" : "";
            var text = $"view: v\n{(kind == "label" ? "labels" : "features")}:\n{string.Concat(lines)}{numbers}";
            var view = ViewCompiler.Compile(text, "v.view.yaml", snapshot.Catalog).View!;
            var hashes = Hashes(Plan.Create(snapshot, view, view.Columns));
            for (var i = 0; i < hashes.Length; i++)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{hashes[i]:x16} {kind} {definitions[i]}");
            }
        }
    }

    private static ulong[] Hashes(Plan plan)
    {
        var first = plan.Snapshot.Catalog.Calendar.WeekOf(GeneratedEvents.Start);
        var hashes = plan.Columns.Select(_ => new XxHash3()).ToArray();
        foreach (var slice in Answer.Slices(plan))
        {
            using var run = RowsRun.OfSlice(plan, slice, new WeekRange(first, WeekCount));
            for (var task = 0; task < run.TaskCount; task++)
            {
                run.RunTask(task, CancellationToken.None);
            }

            foreach (var block in run.Complete())
            {
                using (block)
                {
                    Append(hashes, block);
                }
            }
        }

        return [.. hashes.Select(hash => hash.GetCurrentHashAsUInt64())];
    }

    private static void Append(XxHash3[] hashes, FeatureBlock block)
    {
        Assert.Equal(0, block.ErrorCount);
        for (var i = 0; i < hashes.Length; i++)
        {
            var column = block.Columns[i];
            for (var row = 0; column.Type == ColumnType.String && row < column.Length; row++)
            {
                hashes[i].Append(column.IsValid(row) ? column.Utf8(row) : default);
                hashes[i].Append([(byte)(column.IsValid(row) ? 1 : 0)]);
            }

            if (column.Type != ColumnType.String)
            {
                hashes[i].Append(column.Data.Span);
                hashes[i].Append(column.Validity.Span);
            }
        }
    }
}
