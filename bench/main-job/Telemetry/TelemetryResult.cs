using System.Text;
using FeatureService.Bench.MainJob.Report;

namespace FeatureService.Bench.MainJob.Telemetry;

/// <summary>What telling costs.</summary>
/// <param name="Work">The work.</param>
/// <param name="Silent">Runs through services that tell nothing.</param>
/// <param name="Telling">Runs through services that tell all, each beside the one of the same round.</param>
/// <param name="ExportedBytes">What came over OTLP.</param>
/// <param name="ScrapedBytes">What was read of metrics.</param>
internal sealed record TelemetryResult(
    Work Work, IReadOnlyList<Measurement> Silent, IReadOnlyList<Measurement> Telling, long ExportedBytes, long ScrapedBytes)
{
    /// <summary>The report as a page.</summary>
    /// <param name="date">The day of the run.</param>
    public string Page(DateOnly date)
    {
        var page = new StringBuilder();
        page.Line($"# What telemetry costs, {date:yyyy-MM-dd}").Line($"")
            .Line($"{Work.Taxi.Users:N0} users x {Work.Taxi.Weeks} weeks x 20 features and a label through two services over TCP, zstd Parquet; {Silent.Count} rounds in turn, after")
            .Line($"one that does not count. One pair of services tells nothing: no log, no exporter, though it counts. The other writes a log line a")
            .Line($"request, answers Prometheus every second ({ScrapedBytes / 1e6:F1} MB), and exports metrics and traces over OTLP ({ExportedBytes / 1e6:F1} MB).").Line($"")
            .Line($"- {Machine.Description()}").Line($"")
            .Line($"| figure | silent, median | telling, median | ratio | ratio round by round: median | min | max |").Line($"| --- | --- | --- | --- | --- | --- | --- |");
        Row(page, "wall s", run => run.WallSeconds);
        Row(page, "CPU s, services", run => run.ServicesCpuSeconds);
        Row(page, "CPU s, services and client", run => run.ServicesCpuSeconds + run.CommandCpuSeconds);
        return page.ToString();
    }

    private void Row(StringBuilder page, string name, Func<Measurement, double> figure)
    {
        var (silent, telling) = (Figure.Of(Silent.Select(figure)), Figure.Of(Telling.Select(figure)));
        var pairs = Figure.Of(Silent.Zip(Telling, (off, on) => figure(on) / figure(off)));
        page.Line($"| {name} | {silent.Median:F2} | {telling.Median:F2} | {telling.Median / silent.Median:F3} | {pairs.Median:F3} | {pairs.Min:F3} | {pairs.Max:F3} |");
    }
}
