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
    /// <summary>Failures that are told apart: pauses have long reached their bound.</summary>
    private const int CountMax = 16;

    /// <summary>A pod that hangs is so given up within 20 s whatever it did before, which is less than an outage may last.</summary>
    private const int SilenceCountMax = 4;

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

    /// <summary>Streams in flight as a share of those that it is given.</summary>
    public double Load => (double)InFlight / Limit.Value;

    /// <summary>Failures in a row.</summary>
    public int FailureCount { get; private set; }

    /// <summary>
    /// How often it was given up for silence since it last brought something: it answered again and is perhaps only slow, so it is given so
    /// many more small calls to answer. At most <see cref="SilenceCountMax"/>.
    /// </summary>
    public int SilenceCount { get; private set; }

    /// <summary>Refusals for want of room in a row.</summary>
    public int RefusalCount { get; private set; }

    /// <summary>Whether it gets work.</summary>
    public PodState State { get; set; }

    /// <summary>Until when it is left alone.</summary>
    public DateTimeOffset AvailableAt { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Whether the name that it was found by no longer leads to it.</summary>
    public bool IsGone { get; set; }

    /// <summary>Whether partitions are placed on it: not while it keeps failing.</summary>
    public bool IsPlaced => !IsGone && FailureCount < 3;

    /// <summary>Whether it can be given a stream.</summary>
    /// <param name="now">The time.</param>
    /// <param name="beyondLimit">Whether its limit does not count.</param>
    public bool HasRoom(DateTimeOffset now, bool beyondLimit) =>
        State == PodState.Up && !IsGone && AvailableAt <= now && (beyondLimit || InFlight < Limit.Value);

    /// <summary>It has done what was asked of it.</summary>
    public void Recover()
    {
        (FailureCount, RefusalCount, SilenceCount) = (0, 0, 0);
        if (State != PodState.Up)
        {
            (State, AvailableAt) = (PodState.Up, DateTimeOffset.MinValue);
        }
    }

    /// <summary>It has failed: it is left alone for a pause that doubles with each failure.</summary>
    /// <param name="options">The bounds of the pause, and the clock.</param>
    /// <param name="wasSilent">Whether it was given up for silence.</param>
    public void SetAside(FeatureServiceClientOptions options, bool wasSilent)
    {
        SilenceCount = Math.Min(SilenceCount + (wasSilent ? 1 : 0), SilenceCountMax);
        FailureCount = Math.Min(FailureCount + 1, CountMax);
        State = PodState.SetAside;
        AvailableAt = options.Time.GetUtcNow() + Backoff.After(FailureCount, options);
    }

    /// <summary>It has no room: it is left alone for as long as it asks. Streams that it refuses together count once.</summary>
    /// <param name="asked">What it asks; null for nothing.</param>
    /// <param name="options">The bounds of the pause, and the clock.</param>
    public void Refuse(TimeSpan? asked, FeatureServiceClientOptions options)
    {
        var now = options.Time.GetUtcNow();
        if (AvailableAt <= now)
        {
            RefusalCount = Math.Min(RefusalCount + 1, CountMax);
            Limit.Refused();
        }

        var until = now + Backoff.Asked(asked, Math.Max(1, RefusalCount), options);
        AvailableAt = until > AvailableAt ? until : AvailableAt;
    }

    /// <summary>A stream on it has ended, and has left a place that may be taken, though it was told to be full before.</summary>
    public void Vacate()
    {
        if (State == PodState.Up)
        {
            AvailableAt = DateTimeOffset.MinValue;
        }
    }

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
}
