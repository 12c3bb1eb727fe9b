using System.Globalization;
using System.Net;
using FeatureService.Client.Tests.Fake;
using FeatureService.Client.Transport;

namespace FeatureService.Client.Tests.Simulation;

/// <summary>Pods in memory under one clock, and a client of theirs.</summary>
public class SimulatedCluster
{
    private readonly List<string> _log = [];

    public SimulatedCluster(FakeGrid grid)
    {
        Grid = grid;
        Options = OptionsOf(byName: true, seed: 1);
    }

    /// <summary>What all pods serve.</summary>
    public FakeGrid Grid { get; }

    public VirtualTime Time { get; } = new();

    public List<SimulatedPod> Pods { get; } = [];

    /// <summary>Addresses that the name leads to.</summary>
    public List<string> Named { get; } = [];

    /// <summary>Whether the name cannot be looked up.</summary>
    public bool IsNameLost { get; set; }

    /// <summary>Shards that the client works at, at a time.</summary>
    public int Workers { get; set; } = 8;

    /// <summary>Time that the receiver takes for a batch.</summary>
    public TimeSpan ReceiveTime { get; set; }

    public FeatureServiceClientOptions Options { get; set; }

    /// <summary>What happened, for a run that is looked into.</summary>
    public IReadOnlyList<string> Log => _log;

    /// <summary>A pod that takes so long for a slice.</summary>
    public SimulatedPod Add(double sliceSeconds, bool isNamed = true)
    {
        var pod = new SimulatedPod(Time, Grid, Address(Pods.Count), new Random(Pods.Count)) { SliceTime = TimeSpan.FromSeconds(sliceSeconds) };
        Pods.Add(pod);
        if (isNamed)
        {
            Named.Add(pod.Address);
        }

        return pod;
    }

    /// <summary>Does something at a time.</summary>
    public void At(double seconds, string what, Action action) => Time.At(TimeSpan.FromSeconds(seconds), () =>
    {
        _log.Add(string.Create(CultureInfo.InvariantCulture, $"{Time.Elapsed.TotalSeconds,8:0.000} {what}"));
        action();
    });

    // The look-up gives addresses with the port of the name; a URI leaves the port of its scheme out.
    protected static string Address(int pod) => $"http://10.0.0.{pod + 1}:80";

    protected FeatureServiceClientOptions OptionsOf(bool byName, int seed) => new()
    {
        Endpoints = byName ? ["dns:///pods:80"] : [.. Pods.Select(pod => pod.Address)],
        Resolve = (_, _) => IsNameLost
            ? throw new IOException("no such name")
            : Task.FromResult<IReadOnlyList<IPAddress>>([.. Named.Select(address => IPAddress.Parse(new Uri(address).Host))]),
        Invoker = address => Pods.Single(pod => pod.Address == address),
        Time = Time,
        Random = new Random(seed),
    };
}
