namespace FeatureService.Scheduling;

/// <summary>Which requests go first.</summary>
public enum WorkLane
{
    /// <summary>Somebody waits for one answer.</summary>
    Interactive,

    /// <summary>A stream that fills a dataset; runs when nothing interactive waits, and never starves.</summary>
    Backfill,
}
