namespace FeatureService.Client.FanOut;

/// <summary>What a fan-out has done so far on which pod.</summary>
/// <param name="Retries">Calls that failed and were made again, or continued elsewhere.</param>
/// <param name="Doubled">Shards that were late and were given to a second pod as well.</param>
/// <param name="Pods">The pods that got work, by address.</param>
public sealed record FanOutProgress(int Retries, int Doubled, IReadOnlyList<PodProgress> Pods)
{
    /// <summary>Nothing yet.</summary>
    public static FanOutProgress None { get; } = new(0, 0, []);

    /// <summary>Values that the pods did not compute, as their caches had them.</summary>
    public long CachedValues => Pods.Sum(pod => pod.CachedValues);
}

/// <summary>What one pod has done of a fan-out.</summary>
/// <param name="Address">Its address.</param>
/// <param name="InFlight">Calls that run.</param>
/// <param name="Done">Shards whose last slice it brought; of a spine, requests that it answered.</param>
/// <param name="Rows">Rows that it brought and that were taken.</param>
/// <param name="Failures">Calls that failed.</param>
public sealed record PodProgress(string Address, int InFlight, int Done, long Rows, int Failures)
{
    /// <summary>
    /// Values of slices that were taken which the pod did not compute, as its cache had them; those of rows that a population leaves out
    /// count too.
    /// </summary>
    public long CachedValues { get; init; }
}
