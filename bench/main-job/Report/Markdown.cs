using System.Text;
using FeatureService.Bench.MainJob.Peers;

namespace FeatureService.Bench.MainJob.Report;

/// <summary>The report as a page.</summary>
internal static class Markdown
{
    /// <summary>Writes the page.</summary>
    /// <param name="result">What was found.</param>
    /// <param name="date">The day of the run.</param>
    /// <param name="voids">Why the run does not count.</param>
    /// <param name="isRecorded">The peers have times of record for this work.</param>
    public static string Of(SessionResult result, DateOnly date, IReadOnlyList<string> voids, bool isRecorded)
    {
        var page = new StringBuilder();
        page.Line($"# The main job side by side, {date:yyyy-MM-dd}").Line($"");
        foreach (var reason in voids)
        {
            page.Line($"**This run is void**: {reason}.").Line($"");
        }

        page.Line($"{result.Work.Taxi.Users:N0} users x {result.Work.Taxi.Weeks} weeks x 20 features and a label, {result.Work.Rows:N0} rows, {result.Events:N0} events; {result.Runs} rounds in turn.")
            .Line($"")
            .Line($"- {Machine.Description()}")
            .Line($"- Fresh memory is written at {result.FillRate:F2} GB/s by two threads.")
            .Line($"- {DuckDbVersion()}, two threads; arrays and tables are made before the clock starts.");
        foreach (var version in result.Versions)
        {
            page.Line($"- {version}");
        }

        if (!isRecorded)
        {
            page.Line($"- No peer's time of record is known for this many users, so nothing says whether other work disturbed this run.");
        }

        Times(page.Line($""), result);
        TellGoals(page, result);
        Formulations(page, result);
        Values(page, result);
        return page.ToString();
    }

    private static void Times(StringBuilder page, SessionResult result)
    {
        page.Line($"## Times").Line($"")
            .Line($"Seconds from the start of a command to its end, and until its output is on the disk: ours syncs its files itself, the sync of a")
            .Line($"peer's follows and is a part of its time; it stands apart too.").Line($"")
            .Line($"| who | median s | min | max | of it sync | CPU s | million rows/s |").Line($"| --- | --- | --- | --- | --- | --- | --- |");
        foreach (var contestant in result.All)
        {
            var figure = Figure.Of(contestant);
            var cpu = Figure.Of(contestant.Runs.Select(run => run.CommandCpuSeconds + run.ServicesCpuSeconds)).Median;
            page.Line($"| {contestant.Name} | {figure.Median:F2} | {figure.Min:F2} | {figure.Max:F2} | {Figure.Of(contestant.SyncSeconds).Median:F2} | {cpu:F2} | {result.Work.Rows / figure.Median / 1e6:F2} |");
        }

        var memory = Measurement.MedianOf(result.OverTcp!.Runs);
        page.Line($"").Line($"Most anonymous memory, two services over TCP: client {memory.CommandAnonymousBytes / 1e6:F0} MB, a service {memory.ServiceAnonymousBytes / 1e6:F0} MB.").Line($"");
    }

    private static void TellGoals(StringBuilder page, SessionResult result)
    {
        page.Line($"## Goals").Line($"").Line($"They are set for {Program.UsersOfRecord:N0} users on two CPUs that do nothing else.").Line($"").Line($"{Goal.Head}");
        foreach (var goal in Goals.Of(result))
        {
            page.Line($"{goal.Row(result.Work.Taxi.Users == Program.UsersOfRecord)}");
        }

        page.Line($"").Line($"Measured by other commands:").Line($"").Line($"| what | goal | command |").Line($"| --- | --- | --- |");
        foreach (var (what, reach, command) in Goals.Elsewhere)
        {
            page.Line($"| {what} | {reach} | `{command}` |");
        }

        page.Line($"");
    }

    private static void Formulations(StringBuilder page, SessionResult result)
    {
        if (result.Tables is null)
        {
            return;
        }

        page.Line($"## DuckDB's formulations").Line($"").Line($"First runs from its tables, which took {result.Tables.WallSeconds:F2} s to make; the best takes part in every round.").Line($"")
            .Line($"| formulation | s |").Line($"| --- | --- |");
        foreach (var contestant in result.Formulations)
        {
            page.Line($"| `bench/peers/duckdb/{DuckDbPeer.Formulations[result.Formulations.IndexOf(contestant)]}.sql` | {contestant.Runs[0].WallSeconds + contestant.SyncSeconds[0]:F2} |");
        }

        page.Line($"");
    }

    private static void Values(StringBuilder page, SessionResult result)
    {
        page.Line($"## Values").Line($"").Line($"Every cell of the last output of each, {result.Work.Cells:N0} of them, against ours over TCP. Columns of float sums ({string.Join(", ", Work.Rounded)}) may")
            .Line($"differ by one unit in the last place of float32; of a user with two rides at one instant a peer may take either as the first or last")
            .Line($"({string.Join(", ", Work.Ordered)}); all others must be equal.").Line($"")
            .Line($"| whose | one unit apart | of one instant | different |").Line($"| --- | --- | --- | --- |");
        foreach (var (contestant, comparison) in result.Comparisons)
        {
            page.Line($"| {contestant.Name} | {comparison.Rounded:N0} | {comparison.Tied:N0} | {comparison.Different:N0}{(comparison.First is null ? "" : ": " + comparison.First)} |");
        }
    }

    private static string DuckDbVersion()
    {
        using var connection = DuckDbPeer.Open(":memory:");
        return "DuckDB " + connection.ServerVersion;
    }
}
