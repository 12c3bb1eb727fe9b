using System.Globalization;
using FeatureService.Client.Transport;

namespace FeatureService.Cli.Tracing;

/// <summary>A trace as a person reads it.</summary>
internal static class TraceText
{
    /// <summary>Prints a trace.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="entity">The entity as asked for.</param>
    /// <param name="week">The week as asked for.</param>
    /// <param name="output">Where to.</param>
    public static void Print(ValueTrace trace, string entity, string week, TextWriter output)
    {
        output.WriteLine($"{trace.Column.Name} of {entity} in {week} = {TraceValues.Text(trace.Value)}");
        output.WriteLine($"  {trace.Definition.ReplaceLineEndings(" ").Trim()}");
        output.WriteLine($"  cutoff {TraceValues.Instant(trace.CutoffMicros)}, row {trace.RowStatus}, snapshot {trace.SnapshotId}");
        if (trace.Immature.Length > 0)
        {
            output.WriteLine($"  not mature: {trace.Immature}");
        }

        foreach (var aggregate in trace.Aggregates)
        {
            Print(aggregate, output);
        }
    }

    private static void Print(TracedAggregate aggregate, TextWriter output)
    {
        var from = aggregate.StartMicros is { } start ? $"from {TraceValues.Instant(start)}" : "everything";
        output.WriteLine();
        output.WriteLine($"{aggregate.Text} = {TraceValues.Text(aggregate.Value)}");
        output.WriteLine($"  {from} to before {TraceValues.Instant(aggregate.EndMicros)}");
        Print(string.Create(CultureInfo.InvariantCulture, $"{aggregate.CountedCount} events counted"), aggregate.CountedCount, aggregate, aggregate.Counted, "enters", e => TraceValues.Text(e.Input), output);
        Print(string.Create(CultureInfo.InvariantCulture, $"{aggregate.NotCountedCount} did not"), aggregate.NotCountedCount, aggregate, aggregate.NotCounted, "why not", e => e.Reason, output);
    }

    private static void Print(
        string title, long count, TracedAggregate aggregate, IReadOnlyList<TracedEvent> events, string last, Func<TracedEvent, string> lastOf, TextWriter output)
    {
        var shown = events.Count < count ? string.Create(CultureInfo.InvariantCulture, $"; {events.Count} of them:") : events.Count > 0 ? ":" : "";
        output.WriteLine($"  {title}{shown}");
        if (events.Count == 0)
        {
            return;
        }

        // Where every event was known when it happened, the second instant says nothing.
        var hasKnown = events.Any(e => e.KnownMicros != e.TimeMicros);
        var isOfRows = last == "enters" && events.All(e => e.Input is null);
        List<string[]> rows = [[.. Cells("time", "known", aggregate.Columns, last)]];
        rows.AddRange(events.Select(e => Cells(
            TraceValues.Instant(e.TimeMicros), e.KnownMicros is null ? "never" : TraceValues.Instant(e.KnownMicros), e.Values.Select(TraceValues.Text), lastOf(e)).ToArray()));
        var widths = Enumerable.Range(0, rows[0].Length).Select(i => rows.Max(row => row[i].Length)).ToArray();
        foreach (var row in rows)
        {
            output.WriteLine("    " + string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
        }

        IEnumerable<string> Cells(string time, string known, IEnumerable<string> values, string end) =>
            [time, .. hasKnown ? [known] : Array.Empty<string>(), .. values, .. isOfRows ? [] : new[] { end }];
    }
}
