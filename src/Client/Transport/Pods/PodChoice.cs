namespace FeatureService.Client.Transport.Pods;

/// <summary>Which of several pods a call goes to.</summary>
internal static class PodChoice
{
    /// <summary>How far the streams of a pod may lie above the mean.</summary>
    private const double LoadMax = 1.1;

    /// <summary>For a stream of a partition: the pod whose it is by rendezvous hashing, unless that has more than its share in flight.</summary>
    /// <param name="open">Pods that may be taken, at least one.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="failed">Pods that have failed the caller, the last one last: taken only where no other is left, the first one first.</param>
    public static Pod ForStream(IReadOnlyCollection<Pod> open, int partition, IReadOnlyList<Pod> failed)
    {
        var fair = Math.Ceiling(LoadMax * (open.Sum(pod => pod.InFlight) + 1) / open.Count);
        return open.OrderBy(pod => failed.LastIndexOf(pod)).ThenBy(pod => pod.InFlight >= pod.Limit.Value).ThenBy(pod => pod.InFlight >= fair)
            .ThenByDescending(pod => pod.Score(partition)).First();
    }

    /// <summary>For a call with one answer: each pod in turn, one that is up first, else the one that is to come back first.</summary>
    /// <param name="present">The pods, at least one.</param>
    /// <param name="turn">Counts the calls.</param>
    /// <param name="tried">Pods that have failed this call; taken only where no other is up.</param>
    public static Pod ForCall(IReadOnlyList<Pod> present, int turn, IReadOnlyCollection<Pod> tried)
    {
        // Nearly always: a pod that is up, for a call that has failed nowhere.
        var first = present[turn % present.Count];
        return first.State == PodState.Up && tried.Count == 0
            ? first
            : Enumerable.Range(0, present.Count).Select(i => present[(turn + i) % present.Count])
                .OrderBy(pod => pod.State != PodState.Up).ThenBy(tried.Contains)
                .ThenBy(pod => pod.State == PodState.Up ? DateTimeOffset.MinValue : pod.AvailableAt).First();
    }

    /// <summary>The place of the last mention of a pod; -1 where there is none.</summary>
    private static int LastIndexOf(this IReadOnlyList<Pod> pods, Pod pod)
    {
        var i = pods.Count - 1;
        while (i >= 0 && pods[i] != pod)
        {
            i--;
        }

        return i;
    }
}
