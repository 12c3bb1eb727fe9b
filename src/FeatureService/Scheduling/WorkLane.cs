namespace FeatureService.Scheduling;

/// <summary>Which requests go first.</summary>
public enum WorkLane
{
    /// <summary>Somebody waits for one answer.</summary>
    Interactive,

    /// <summary>A stream that fills a dataset; runs when nothing interactive waits, and never starves.</summary>
    Backfill,
}

/// <summary>How metrics name lanes.</summary>
internal static class WorkLanes
{
    /// <summary>Every lane.</summary>
    public static IReadOnlyList<WorkLane> All { get; } = Enum.GetValues<WorkLane>();

    /// <summary>The lane in lower case.</summary>
    public static string Label(this WorkLane lane) => lane == WorkLane.Interactive ? "interactive" : "backfill";
}
