using FeatureService.Contracts.V1;
using FeatureService.Scheduling;
using FeatureService.Testing;
using FeatureService.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace FeatureService.Tests.Edge;

public sealed class StatusTests
{
    private const string View = "view: a\nfeatures:\n  n: count(app_opens) over 4w\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_service_at_rest_tells_what_it_has_loaded()
    {
        var time = new FakeTimeProvider();
        await using var service = await TestService.StartAsync(
            [("default", Taxi.Snapshot)], [("growth/a.view.yaml", View)], o => o with { Time = time });
        time.Advance(TimeSpan.FromSeconds(1.5));

        var status = await StatusAsync(service);

        Assert.Equal(1_500_000, status.UptimeMicros);
        Assert.False(status.Draining);
        Assert.Equal((2, 0), (status.Pool.Workers, status.Pool.Busy));
        Assert.Equal(
            [
                new WorkerClassStatus { Name = "interactive", Workers = 2, Policy = "normal" },
                new WorkerClassStatus { Name = "background", Workers = 2, Policy = "normal" },
            ],
            status.Pool.Classes);
        Assert.Equal(
            [new LaneStatus { Name = "interactive" }, new LaneStatus { Name = "training" }, new LaneStatus { Name = "backfill" }], status.Pool.Lanes);
        var snapshot = Assert.Single(status.Snapshots);
        Assert.Equal(Taxi.Snapshot.Id, snapshot.Id);
        Assert.Equal((ulong)Taxi.Users, snapshot.Entities);
        Assert.Equal((ulong)Taxi.Snapshot.EventCount, snapshot.Events);
        Assert.Equal("", snapshot.PreviousId);
        var view = Assert.Single(status.Views);
        Assert.Equal(("growth/a", PublishedViewState.Served, 1), (view.Name, view.State, view.Features));
        Assert.InRange(status.Memory.AnonymousBytes, 1_000_000UL, 100_000_000_000UL);
        Assert.InRange(status.Memory.ManagedBytes, 1UL, status.Memory.AnonymousBytes);
    }

    [Fact]
    public async Task A_busy_service_tells_what_runs_and_what_waits()
    {
        using var snapshot = new GatedSnapshot(Taxi.Snapshot, isOpen: false);
        await using var service = await TestService.StartAsync(snapshot);
        using var stream = service.Vectors.Backfill(Taxi.Backfill(), cancellationToken: Cancellation);
        await snapshot.NextReadAsync();
        await snapshot.NextReadAsync();

        // The stream's first two slices hold both background workers, two requests the interactive ones, so that the third waits.
        var gets = Enumerable.Range(0, 3).Select(_ => service.Vectors.GetFeatureVectorsAsync(Taxi.Get(1), cancellationToken: Cancellation)).ToArray();
        var status = new GetStatusResponse();
        await Eventually.TrueAsync(
            async () =>
            {
                status = await StatusAsync(service);
                return status.Pool.Busy == 4 && status.Pool.Lanes[0].Waiting == 1 && status.Pool.Lanes[0].Requests == 3;
            },
            Cancellation);

        snapshot.Open();
        await Task.WhenAll(gets.Select(get => get.ResponseAsync));
        await Received.SlicesAsync(stream);
        Assert.Equal(4, status.Pool.Busy);
        Assert.Equal([2, 2], status.Pool.Classes.Select(c => c.Busy));
        Assert.Equal(1, status.Pool.Lanes[^1].Requests);
    }

    [Fact]
    public async Task The_policy_that_the_system_has_granted_is_told()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "policies are Linux's");
        await using var service = await TestService.StartAsync(change: o => o with { WorkerPolicy = WorkerPolicy.Nice });

        var status = await StatusAsync(service);

        Assert.Equal(["normal", "nice"], status.Pool.Classes.Select(c => c.Policy));
    }

    [Fact]
    public async Task What_could_not_be_loaded_is_told_beside_what_serves_on()
    {
        await using var service = await TestService.StartAsync([("default", Taxi.Snapshot)], [("growth/a.view.yaml", View)]);
        var second = Taxi.Make(partitions: 2, slices: 4, fareFactor: 2);
        service.Publish("default", second);
        service.Host.Reloader.Look();
        service.Publish("default", null);
        service.WriteView("growth/a.view.yaml", "view: [\n");
        service.Host.Reloader.Look();

        var status = await StatusAsync(service);

        var snapshot = Assert.Single(status.Snapshots);
        Assert.Equal((second.Id, Taxi.Snapshot.Id), (snapshot.Id, snapshot.PreviousId));
        Assert.Contains("holds no snapshot", snapshot.Error, StringComparison.Ordinal);
        var view = Assert.Single(status.Views);
        Assert.Equal(PublishedViewState.LastGood, view.State);
        Assert.NotEmpty(view.Errors);
        Assert.NotEmpty(view.ViewVersion);
    }

    private static async Task<GetStatusResponse> StatusAsync(TestService service) =>
        await service.Cluster.GetStatusAsync(new GetStatusRequest(), cancellationToken: Cancellation);
}
