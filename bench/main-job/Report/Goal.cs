using System.Globalization;

namespace FeatureService.Bench.MainJob.Report;

/// <summary>A figure beside what it should be.</summary>
/// <param name="What">What is measured.</param>
/// <param name="Ours">Our figure.</param>
/// <param name="Theirs">What it is set against; empty where that is nothing that was measured.</param>
/// <param name="Figure">The ratio, or ours where there is none.</param>
/// <param name="Unit">Behind the figure.</param>
/// <param name="Reach">What it should be; null where it stands beside others only.</param>
/// <param name="IsMost">It should be at most that, not at least.</param>
internal sealed record Goal(string What, string Ours, string Theirs, double Figure, string Unit, double? Reach, bool IsMost)
{
    /// <summary>How much longer a peer takes than we do: at least so many times.</summary>
    public static Goal Faster(string what, Figure ours, Figure theirs, double? times) =>
        new(what, Text($"{ours.Median:F2} s"), Text($"{theirs.Median:F2} s"), theirs.Median / ours.Median, "x", times, IsMost: false);

    /// <summary>What we take beside something else that we do: at most so many times.</summary>
    public static Goal AtMost(string what, double ours, double theirs, string unit, double times) =>
        new(what, Text($"{ours:F2} {unit}"), Text($"{theirs:F2} {unit}"), ours / theirs, "x", times, IsMost: true);

    /// <summary>Whether it is reached.</summary>
    public bool IsReached => Reach is not { } reach || (IsMost ? Figure <= reach : Figure >= reach);

    /// <summary>The goal as a row of a table: what, ours, theirs, figure, goal, and whether it is reached.</summary>
    /// <param name="isOfThisWork">The goal is set for work of this size: at others nothing says whether it is reached.</param>
    public string Row(bool isOfThisWork) => Text(
        $"| {What} | {Ours} | {Theirs} | {Figure:0.0#}{Unit} | {(Reach is null ? "" : IsMost ? "at most " : "at least ")}{(Reach is { } reach ? Text($"{reach:0.##}{Unit}") : "")} | {(Reach is null ? "" : !isOfThisWork ? "of other work" : IsReached ? "reached" : "**not reached**")} |");

    /// <summary>The table's head.</summary>
    public static string Head => "| what | ours | theirs | figure | goal | |\n| --- | --- | --- | --- | --- | --- |";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
