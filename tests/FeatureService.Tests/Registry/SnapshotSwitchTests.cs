using FeatureService.Contracts.V1;
using FeatureService.Engine.Snapshots;
using FeatureService.Tests.Support;
using Grpc.Core;

namespace FeatureService.Tests.Registry;

public sealed class SnapshotSwitchTests
{
    private static readonly ISnapshot[] _snapshots =
        [Taxi.Snapshot, Taxi.Make(partitions: 2, slices: 4, fareFactor: 2), Taxi.Make(partitions: 2, slices: 4, fareFactor: 3)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stream_that_runs_finishes_on_its_snapshot_and_the_next_gets_the_new_one()
    {
        using var gated = new GatedSnapshot(_snapshots[0], isOpen: false);
        await using var service = await TestService.StartAsync(gated);
        using var call = service.Vectors.Backfill(Taxi.Backfill(), cancellationToken: Cancellation);
        await gated.NextReadAsync();

        service.Publish("default", _snapshots[1]);
        service.Host.Reloader.Look();
        Assert.Equal(_snapshots[1].Id, await IdAsync(service));
        gated.Open();

        var slices = await Received.SlicesAsync(call);
        Assert.Equal(8, slices.Count);
        var pinned = Taxi.Get(1);
        pinned.Snapshot = new SnapshotSelector { Id = _snapshots[0].Id };
        Assert.Equal(_snapshots[0].Id, (await service.Vectors.GetFeatureVectorsAsync(pinned, cancellationToken: Cancellation)).Header.SnapshotId);
    }

    [Fact]
    public async Task No_call_fails_while_snapshots_are_switched_under_load()
    {
        await using var service = await TestService.StartAsync(_snapshots[0]);
        using var stop = new CancellationTokenSource();
        var seen = new HashSet<string>();
        var calls = Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    var answer = await service.Vectors.GetFeatureVectorsAsync(Taxi.Get(1, 2, 3), cancellationToken: Cancellation);
                    var slices = await Received.SlicesAsync(service.Vectors.Backfill(Taxi.Backfill(), cancellationToken: Cancellation));
                    Assert.True(slices[^1].End.Last);
                    lock (seen)
                    {
                        seen.Add(answer.Header.SnapshotId);
                    }
                }
            },
            Cancellation)).ToArray();

        for (var i = 1; i <= 12; i++)
        {
            service.Publish("default", _snapshots[i % 3]);
            service.Host.Reloader.Look();
            Assert.Equal(_snapshots[i % 3].Id, await IdAsync(service));
        }

        await stop.CancelAsync();
        await Task.WhenAll(calls);
        Assert.Subset(_snapshots.Select(s => s.Id).ToHashSet(), seen);
    }

    [Fact]
    public async Task A_pin_lives_for_one_switch_and_then_says_that_it_is_gone()
    {
        await using var service = await TestService.StartAsync(_snapshots[0]);
        foreach (var next in _snapshots[1..])
        {
            service.Publish("default", next);
            service.Host.Reloader.Look();
        }

        Assert.Equal(_snapshots[1].Id, await IdAsync(service, _snapshots[1].Id));
        var gone = await Expect.StatusAsync(StatusCode.FailedPrecondition, () => IdAsync(service, _snapshots[0].Id));
        Assert.Equal("SNAPSHOT_GONE", Expect.Reason(gone));
        var again = Taxi.Backfill();
        again.Snapshot = new SnapshotSelector { Name = "default", Id = _snapshots[0].Id };
        gone = await Expect.StatusAsync(
            StatusCode.FailedPrecondition, () => Received.SlicesAsync(service.Vectors.Backfill(again, cancellationToken: Cancellation)));
        Assert.Equal("SNAPSHOT_GONE", Expect.Reason(gone));
    }

    [Fact]
    public async Task Each_name_switches_alone()
    {
        await using var service = await TestService.StartAsync([("default", _snapshots[0]), ("other", _snapshots[1])], []);
        service.Publish("other", _snapshots[2]);
        service.Host.Reloader.Look();

        var topology = await service.Cluster.GetTopologyAsync(new GetTopologyRequest(), cancellationToken: Cancellation);
        Assert.Equal([_snapshots[0].Id, _snapshots[2].Id], topology.Snapshots.Select(s => s.Id));
        Assert.Equal([("other", _snapshots[1].Id)], topology.PreviousSnapshots.Select(s => (s.Name, s.Id)));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_read_leaves_its_snapshot_served()
    {
        await using var service = await TestService.StartAsync(_snapshots[0]);
        service.Publish("default", null);
        service.Host.Reloader.Look();
        Assert.Equal(_snapshots[0].Id, await IdAsync(service));

        service.Publish("default", _snapshots[1]);
        service.Host.Reloader.Look();
        Assert.Equal(_snapshots[1].Id, await IdAsync(service));
    }

    private static async Task<string> IdAsync(TestService service, string id = "") => (await service.Views.ValidateAsync(
        new ValidateRequest { View = Taxi.Selector, Snapshot = new SnapshotSelector { Id = id } }, cancellationToken: Cancellation)).SnapshotId;
}
