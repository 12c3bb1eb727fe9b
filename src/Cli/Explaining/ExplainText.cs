using System.Globalization;
using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;

namespace FeatureService.Cli.Explaining;

/// <summary>A plan and its cost as a person reads them.</summary>
internal static class ExplainText
{
    /// <summary>Prints a plan.</summary>
    /// <param name="explained">The plan.</param>
    /// <param name="output">Where to.</param>
    public static void Print(ExplainedBackfill explained, TextWriter output)
    {
        void Line(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
        var plan = explained.Plan;
        Line($"view      {explained.View.Name} {plan.ViewVersion}, {Count(plan.Columns.Count, "column")}");
        Line($"snapshot  {plan.SnapshotId}");
        var population = plan.HasPopulation ? ", fewer as the view has a population" : "";
        Line($"grid      {Count(plan.Entities, "entity", "entities")} x {Count(plan.Weeks, "week")} of {explained.Weeks} = {Count(plan.Cost.Rows, "row")}{population}");
        foreach (var source in plan.Sources)
        {
            output.WriteLine();
            Print(source, Line);
        }

        if (plan.Cache.Count > 0)
        {
            output.WriteLine();
            foreach (var (column, cache) in plan.Columns.Zip(plan.Cache))
            {
                var values = cache.ComputeNanoseconds > 0
                    ? string.Create(CultureInfo.InvariantCulture, $" ({Figure(cache.ComputeNanoseconds)} ns a value against {Figure(cache.FetchNanoseconds)})")
                    : "";
                output.WriteLine($"cache     {column.Column.Name}: {(cache.Used ? "used" : "not used")}, {cache.Reason}{values}");
                if (cache.TileComputeNanoseconds > 0)
                {
                    Line($"          its tiles: {(cache.TilesUsed ? "used" : "not used")} ({Figure(cache.TileComputeNanoseconds)} ns a week against {Figure(cache.TileFetchNanoseconds)})");
                }
            }
        }

        output.WriteLine();
        var (rows, services) = (explained.ShardRows, explained.Services);
        Line($"shards    {Count(rows.Count, "shard")} of {Range(rows)} rows, for {Count(services, "service")}");
        Line($"tasks     about {plan.Tasks:N0} in {Count(plan.Slices, "slice")}, for {Count(plan.Workers, "worker")} of a service");
        var cost = plan.Cost;
        Line($"cost      {Count(cost.Events, "event")} to scan, {Count(cost.Cells, "cell")}, {Bytes(cost.Bytes)}");
        Line($"          {Figure(cost.CpuSeconds)} CPU seconds of computing: {Figure(explained.Seconds)} s, writing the files not counted");
    }

    private static void Print(ExplainedSource source, Action<FormattableString> line)
    {
        var columns = source.Columns.Count > 0 ? $", reading {string.Join(", ", source.Columns)}" : "";
        line($"{source.Name}: {source.EventsScanned:N0} of {Count(source.Events, "event")}{columns}");
        var tiles = source.Tiles > 0 ? $", {Count(source.Tiles, "kind")} of weekly tiles in {Count(source.TileWindows, "window")}" : "";
        line($"  {Count(source.AggregatesWritten, "aggregate")} written, {source.Aggregates.Count:N0} computed: {Count(source.Filters, "filter")}, {Count(source.Sets, "set")} of events{tiles}");
        foreach (var aggregate in source.Aggregates.OrderByDescending(a => a.CpuShare))
        {
            line($"  {aggregate.CpuShare,6:P1}  {aggregate.Text}  ({string.Join(", ", aggregate.Columns)})");
        }
    }

    private static string Count(long count, string what, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? what : many ?? what + "s")}");

    private static string Range(IReadOnlyList<long> rows) => rows.Min() == rows.Max()
        ? string.Create(CultureInfo.InvariantCulture, $"{rows[0]:N0}")
        : string.Create(CultureInfo.InvariantCulture, $"{rows.Min():N0} to {rows.Max():N0}");

    private static string Bytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:N1} MB on the wire");

    /// <summary>Two digits that count: an estimate has no more.</summary>
    internal static string Figure(double figure) => figure >= 9.95
        ? figure.ToString("N0", CultureInfo.InvariantCulture)
        : figure.ToString("G2", CultureInfo.InvariantCulture);
}
