using System.Diagnostics;
using System.Globalization;
using FeatureService.Core.Calendar;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;

namespace FeatureService.Bench.Engine;

/// <summary>
/// Ten distinct counts and quantiles over 52 weeks, by the engine and by DuckDB in turn, two threads each, from memory to memory, values
/// compared. DuckDB's formulations all run; its figure is the better one's. Shapes that it would take too long for are left out.
/// </summary>
internal static class DuckDbShapes
{
    private const int EntitiesPerSlice = 1024;
    private const int Threads = 2;
    private const int Rounds = 3;
    private const long ValuesMin = 1_000_000;

    /// <summary>What DuckDB may take for a shape.</summary>
    private const double SecondsMax = 30;

    private static readonly int[] WeekCounts = [1, 13, 52, 260];
    private static readonly int[] SliceCounts = [1, 10, 98, 977];

    /// <summary>Prints a line a shape.</summary>
    /// <param name="slicesMax">The most slices of a shape; a thousand users each, 5.5 MB of events here and as much in DuckDB.</param>
    /// <returns>1 where a value differs.</returns>
    public static int Print(int slicesMax)
    {
        var snapshot = new SyntheticSnapshot(slicesMax);
        using var events = new DuckDbEvents(snapshot);
        var plan = GridShapes.PlanOf(snapshot, CostlyView.Features);
        Console.WriteLine(Text($"DuckDB {events.Version}; {snapshot.EventCount:N0} events; seconds, medians of {Rounds} rounds in turn; distinct counts must be equal, quantiles may be one unit of float32 apart"));
        Console.WriteLine($"{"entities",9} {"weeks",5} {"ns a value",10} {"ours",8} {string.Concat(CostlyView.Formulations.Select(f => $"{f.Name,9}"))} {"ratio",7}  values");
        Warm(plan);
        var isEqual = true;
        foreach (var slices in SliceCounts.Where(slices => slices <= slicesMax))
        {
            var rates = new double[CostlyView.Formulations.Count];
            foreach (var weeks in WeekCounts.Where(weeks => (long)slices * EntitiesPerSlice * weeks * plan.Columns.Count >= ValuesMin))
            {
                isEqual &= Measure(plan, events, slices, weeks, rates);
            }
        }

        return isEqual ? 0 : 1;
    }

    /// <summary>Runs until the engine's code is compiled.</summary>
    private static void Warm(Plan plan)
    {
        for (var round = 0; round < Rounds; round++)
        {
            SliceRuns.Run(plan, 1, LastWeeks(plan, SyntheticSnapshot.WeekCount), Threads, (_, blocks) => SliceRuns.Release(blocks));
        }
    }

    /// <summary>Measures a shape.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="events">DuckDB's events.</param>
    /// <param name="slices">Number of slices.</param>
    /// <param name="weeks">Number of weeks.</param>
    /// <param name="rates">Seconds of each formulation by row of the shape before; 0 where there was none.</param>
    private static bool Measure(Plan plan, DuckDbEvents events, int slices, int weeks, double[] rates)
    {
        var rows = (long)slices * EntitiesPerSlice * weeks;
        var isIn = Array.ConvertAll(rates, rate => rate * rows <= SecondsMax);
        var (ours, theirs) = (new List<double>(), Array.ConvertAll(rates, _ => new List<double>()));
        var comparison = new ValueComparison();
        for (var round = 0; round < Rounds; round++)
        {
            var blocks = new IReadOnlyList<FeatureBlock>[slices];
            ours.Add(Seconds(() => SliceRuns.Run(plan, slices, LastWeeks(plan, weeks), Threads, (slice, done) => blocks[slice] = done)));
            for (var i = 0; i < rates.Length; i++)
            {
                // One that proves too slow runs once.
                if (isIn[i] && (round == 0 || theirs[i][0] <= SecondsMax))
                {
                    theirs[i].Add(Seconds(() => events.Run(CostlyView.Formulations[i].Sql, slices * EntitiesPerSlice, weeks)));
                    comparison = round == 0 ? comparison.With(blocks, events.Result()) : comparison;
                }
            }

            Array.ForEach(blocks, SliceRuns.Release);
        }

        for (var i = 0; i < rates.Length; i++)
        {
            rates[i] = isIn[i] ? Median(theirs[i]) / rows : rates[i];
        }

        var best = theirs.Where(times => times.Count > 0).Select(Median).DefaultIfEmpty(double.NaN).Min();
        var each = string.Concat(theirs.Select((times, i) => times.Count > 0 ? Text($"{Median(times),9:F3}") : Text($"{$"~{rates[i] * rows:F0}",9}")));
        Console.WriteLine(Text(
            $"{slices * EntitiesPerSlice,9:N0} {weeks,5} {Median(ours) * 1e9 / (rows * plan.Columns.Count),10:F2} {Median(ours),8:F3} {each} {(double.IsNaN(best) ? "" : Text($"{best / Median(ours):F0}x")),7}  {comparison}"));
        return comparison.Different == 0;
    }

    private static WeekRange LastWeeks(Plan plan, int weeks) =>
        new(((SyntheticSnapshot)plan.Snapshot).FirstWeek + SyntheticSnapshot.WeekCount - weeks, weeks);

    private static double Seconds(Action run)
    {
        var started = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
