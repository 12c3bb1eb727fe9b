using System.IO.Hashing;
using System.Text;

namespace FeatureService.Client.Transport.Pods;

/// <summary>Whether a pod gets work.</summary>
internal enum PodState
{
    /// <summary>It does.</summary>
    Up,

    /// <summary>It has failed, and is left alone until <see cref="Pod.AvailableAt"/>.</summary>
    SetAside,

    /// <summary>It is asked by a small call whether it answers again.</summary>
    Probed,
}

/// <summary>
/// What is known of one pod; guarded by its <see cref="PodSet"/>. Where a balancer hides pods, one connection to it.
/// </summary>
/// <param name="address">Its address.</param>
/// <param name="connection">Which of the connections to that address, from 0.</param>
/// <param name="endpoint">The way to it.</param>
/// <param name="limit">Streams at once.</param>
internal sealed class Pod(string address, int connection, Endpoint endpoint, PodLimit limit)
{
    private readonly ulong _hash = XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{address}#{connection}"));

    /// <summary>Its address.</summary>
    public string Address { get; } = address;

    /// <summary>Which of the connections to that address, from 0.</summary>
    public int Connection { get; } = connection;

    /// <summary>The way to it; another one after <see cref="Failures.IsOfPod"/>.</summary>
    public Endpoint Endpoint { get; set; } = endpoint;

    /// <summary>Streams at once.</summary>
    public PodLimit Limit { get; } = limit;

    /// <summary>Streams in flight.</summary>
    public int InFlight { get; set; }

    /// <summary>Failures in a row.</summary>
    public int FailureCount { get; set; }

    /// <summary>Refusals for want of room in a row.</summary>
    public int RefusalCount { get; set; }

    /// <summary>Whether it gets work.</summary>
    public PodState State { get; set; }

    /// <summary>Until when it is left alone.</summary>
    public DateTimeOffset AvailableAt { get; set; } = DateTimeOffset.MinValue;

    /// <summary>Whether the name that it was found by no longer leads to it.</summary>
    public bool IsGone { get; set; }

    /// <summary>Whether partitions are placed on it: not while it keeps failing.</summary>
    public bool IsPlaced => !IsGone && FailureCount < 3;

    /// <summary>Whether it can be given a stream.</summary>
    /// <param name="now">The time.</param>
    /// <param name="beyondLimit">Whether its limit does not count.</param>
    public bool HasRoom(DateTimeOffset now, bool beyondLimit) =>
        State == PodState.Up && !IsGone && AvailableAt <= now && (beyondLimit || InFlight < Limit.Value);

    /// <summary>How much this pod is a partition's own, by rendezvous hashing: the pod with the highest score is.</summary>
    /// <param name="partition">The partition.</param>
    public ulong Score(int partition)
    {
        // SplitMix64's finish: every bit of the result depends on every one of pod and partition.
        var z = _hash ^ ((ulong)(uint)partition * 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <inheritdoc/>
    public override string ToString() => Connection == 0 ? Address : $"{Address} #{Connection}";
}
