namespace FeatureService.EndToEnd.Tests.Soak;

/// <summary>What may happen to a build, by kind. Each ends when the dataset is there.</summary>
internal static class Faults
{
    public static IReadOnlyDictionary<string, Func<SoakRun, Task>> All { get; } = new Dictionary<string, Func<SoakRun, Task>>
    {
        ["a service is killed"] = PodFaults.KillOneAsync,
        ["all services are killed in turn"] = PodFaults.KillAllInTurnAsync,
        ["all services restart in turn"] = PodFaults.RestartAllInTurnAsync,
        ["a service is stopped and goes on later"] = PodFaults.StopOneAsync,
        ["a service comes late"] = PodFaults.StartLateAsync,
        ["the client is killed"] = ClientFaults.KillAsync,
        ["the client is killed again and again"] = ClientFaults.KillAgainAndAgainAsync,
        ["the client is told to stop"] = ClientFaults.TerminateAsync,
        ["the client is killed while it takes columns over"] = ClientFaults.KillWhileReusingAsync,
        ["another build wants the same folder"] = ClientFaults.BuildTwiceAsync,
        ["the disk is full"] = DiskFaults.FillAsync,
        ["a file may not grow"] = DiskFaults.LimitAsync,
        ["a snapshot's bytes are random"] = DamageFaults.SnapshotAsync,
        ["bytes of finished parts are random"] = DamageFaults.PartsAsync,
        ["bytes of the record of parts are random"] = DamageFaults.ProgressAsync,
        ["the network delays"] = NetworkFaults.DelayAsync,
        ["the network cuts connections"] = NetworkFaults.CutAsync,
        ["the network truncates"] = NetworkFaults.TruncateAsync,
        ["the network half-closes"] = NetworkFaults.HalfCloseAsync,
        ["Redis is killed"] = RedisFaults.KillAsync,
        ["Redis fails over to its replica"] = RedisFaults.FailOverAsync,
        ["Redis restarts, empty"] = RedisFaults.RestartAsync,
        ["Redis is stopped and goes on later"] = RedisFaults.StopAsync,
        ["Redis is flushed"] = RedisFaults.FlushAsync,
        ["Redis is full"] = RedisFaults.FillAsync,
        ["a hundredth of Redis is random"] = RedisFaults.DamageAsync,
    };
}
