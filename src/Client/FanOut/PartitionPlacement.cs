using FeatureService.Client.Transport.Pods;

namespace FeatureService.Client.FanOut;

/// <summary>
/// Which pod a partition goes to: the one that scores highest for it (rendezvous hashing), as long as none gets more than a tenth above
/// the mean. So every pod maps only its part of the snapshot, all clients agree on which, and a pod that comes or goes moves few.
/// </summary>
internal static class PartitionPlacement
{
    /// <summary>How far a pod's load may lie above the mean.</summary>
    public const double LoadMax = 1.1;

    /// <summary>Places partitions.</summary>
    /// <param name="weights">What is left to do of each partition.</param>
    /// <param name="pods">The pods, at least one.</param>
    public static Dictionary<int, Pod> Place(IReadOnlyDictionary<int, long> weights, IReadOnlyList<Pod> pods)
    {
        var most = LoadMax * weights.Values.Sum() / pods.Count;
        var loads = pods.ToDictionary(pod => pod, _ => 0L);
        var placed = new Dictionary<int, Pod>(weights.Count);
        // The heaviest first: what fits nowhere is then small.
        foreach (var (partition, weight) in weights.OrderByDescending(p => p.Value).ThenBy(p => p.Key))
        {
            var pod = pods.Where(pod => loads[pod] + weight <= most).MaxBy(pod => pod.Score(partition))
                ?? pods.OrderBy(pod => loads[pod]).ThenByDescending(pod => pod.Score(partition)).First();
            loads[pod] += weight;
            placed[partition] = pod;
        }

        return placed;
    }
}
