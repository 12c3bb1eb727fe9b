using FeatureService.Client.Tests.Fake;

namespace FeatureService.Client.Tests.Simulation;

/// <summary>What a seed makes of a cluster: its pods, what befalls each of them and when, and a client with its workers.</summary>
public sealed class Scenario : SimulatedCluster
{
    private static readonly FakeGrid _grid = new(200, 16, 4) { BackfillsInFlight = StreamsAdvised };

    private readonly Random _random;

    public Scenario(int seed)
        : base(_grid)
    {
        _random = new Random(seed);
        var byName = _random.Next(2) == 0;
        // In most scenarios nothing befalls the first pod but cuts and slowness: then the work must come to its end.
        HasSurvivor = _random.Next(4) != 0;
        var count = _random.Next(1, 6);
        for (var i = 0; i < count; i++)
        {
            Pods.Add(new SimulatedPod(Time, _grid, Address(i), new Random(_random.Next()))
            {
                SliceTime = TimeSpan.FromMilliseconds(_random.Next(20, 1500)),
                StreamsMax = _random.Next(3) == 0 ? _random.Next(1, 3) : int.MaxValue,
                CutShare = _random.Next(3) == 0 ? 0.15 * _random.NextDouble() : 0,
            });
        }

        Pods[_random.Next(count)].DamageCount = _random.Next(4) == 0 ? 2 : 0;
        Named.AddRange(Pods.Select(pod => pod.Address));
        for (var i = HasSurvivor ? 1 : 0; i < count; i++)
        {
            Script(Pods[i], byName);
            Pods[i].AnswerTime = TimeSpan.FromMilliseconds(_random.Next(6) == 0 ? _random.Next(4_000) : 2);
        }

        Slow(Pods[0]);
        if (byName && _random.Next(3) == 0)
        {
            At(_random.Next(60), "the name is lost", () => IsNameLost = true);
        }

        Workers = _random.Next(1, 7);
        ReceiveTime = _random.Next(4) == 0 ? TimeSpan.FromMilliseconds(_random.Next(2000)) : TimeSpan.Zero;
        Options = OptionsOf(byName, _random.Next());
    }

    public const int StreamsAdvised = 2;

    /// <summary>Whether there is a pod that nothing befalls that it does not get over.</summary>
    public bool HasSurvivor { get; }

    private void Script(SimulatedPod pod, bool byName)
    {
        var at = 0.0;
        for (var faults = _random.Next(4); faults > 0; faults--)
        {
            at += _random.NextDouble() * 20;
            var until = at + (_random.NextDouble() * 40);
            Befall(pod, _random.Next(6), at, until, byName);
            at = until;
        }
    }

    private void Befall(SimulatedPod pod, int fault, double at, double until, bool byName)
    {
        // Some faults stay.
        var heals = _random.Next(4) != 0;
        var (what, begin, end) = fault switch
        {
            0 => ("crashes", pod.Crash, pod.Start),
            1 => ("hangs", pod.Hang, pod.Resume),
            2 => ("loses the snapshot", () => pod.HasSnapshot = false, () => pod.HasSnapshot = true),
            3 => ("drains", () => pod.IsDraining = true, () => pod.IsDraining = false),
            4 when byName => ("is gone", () => Go(pod), () => Come(pod)),
            4 => ("crashes", pod.Crash, pod.Start),
            _ => ((string What, Action Begin, Action End))("starts late", pod.Crash, pod.Start),
        };
        At(fault == 5 ? 0.01 : at, $"{pod.Address} {what}", begin);
        if (heals)
        {
            At(until, $"{pod.Address} is well", end);
        }
    }

    private void Go(SimulatedPod pod)
    {
        Named.Remove(pod.Address);
        pod.Crash();
    }

    private void Come(SimulatedPod pod)
    {
        Named.Add(pod.Address);
        pod.Start();
    }

    private void Slow(SimulatedPod pod)
    {
        if (_random.Next(3) == 0)
        {
            var usual = pod.SliceTime;
            At(_random.NextDouble() * 10, $"{pod.Address} is slow", () => pod.SliceTime = usual * 20);
            At(10 + (_random.NextDouble() * 30), $"{pod.Address} is as fast as before", () => pod.SliceTime = usual);
        }
    }
}
