namespace FeatureService.Scheduling;

/// <summary>Which requests go first: a lane before those behind it.</summary>
public enum WorkLane
{
    /// <summary>Somebody waits for one answer.</summary>
    Interactive,

    /// <summary>A training job waits for its next minibatch; gives way to everything interactive, and never starves.</summary>
    Training,

    /// <summary>A stream that fills a dataset; gives way to all others, and never starves.</summary>
    Backfill,
}

/// <summary>How metrics name lanes, and whose threads run them.</summary>
internal static class WorkLanes
{
    /// <summary>Every lane, the one that goes first first.</summary>
    public static IReadOnlyList<WorkLane> All { get; } = Enum.GetValues<WorkLane>();

    /// <summary>The lane in lower case.</summary>
    public static string Label(this WorkLane lane) => Enum.GetName(lane)!.ToLowerInvariant();

    /// <summary>The threads that run its tasks.</summary>
    public static WorkerClass Class(this WorkLane lane) => lane == WorkLane.Interactive ? WorkerClass.Interactive : WorkerClass.Background;
}
