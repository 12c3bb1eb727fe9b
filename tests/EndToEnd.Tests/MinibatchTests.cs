using FeatureService.Client.FanOut.Minibatches;
using FeatureService.Client.Transport;
using FeatureService.Core.Keys;

namespace FeatureService.EndToEnd.Tests;

/// <summary>A training job over services that come and go.</summary>
[Collection(TaxiWorld.Name)]
public sealed class MinibatchTests(TaxiWorld world)
{
    private const int Count = 120;
    private static readonly FeatureStreamQuery Query = new() { View = ViewReference.Named("marketing/coupon_response") };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Services_that_stop_or_die_in_mid_stream_cost_no_minibatch_and_change_no_value(bool isKilled)
    {
        using var first = await ServiceProcess.StartAsync(world.Snapshot, world.Views);
        using var second = await ServiceProcess.StartAsync(world.Snapshot, world.Views);
        ServiceProcess? third = null;
        using var client = new FeatureServiceClient(first.Address, second.Address);
        var answers = new List<FeatureVectors>();

        await foreach (var answer in client.StreamFeatureVectorsAsync(Query, Minibatches(), Stop))
        {
            Assert.Equal(answers.Count, answer.Correlation);
            answers.Add(answer.Vectors);
            if (answers.Count == Count / 3)
            {
                // One of them has the stream. It is the one that goes, or the other shows that nothing depends on it.
                End(first, isKilled);
            }
            else if (answers.Count == Count / 2)
            {
                await first.WaitAsync();
                third = await ServiceProcess.StartAtAsync(first.Address, world.Snapshot, world.Views);
                End(second, isKilled);
            }
        }

        Assert.Equal(Count, answers.Count);
        using (third)
        using (var single = new FeatureServiceClient(third!.Address))
        {
            for (var i = 0; i < Count; i += 17)
            {
                var expected = await single.GetFeatureVectorsAsync(new FeatureRowsQuery { View = Query.View, Rows = Rows(i) }, Stop);
                Assert.Equal(expected.Header.SnapshotId, answers[i].Header.SnapshotId);
                Assert.Equal(expected.Columns.Select(c => Convert.ToHexString(c.Data.Span)), answers[i].Columns.Select(c => Convert.ToHexString(c.Data.Span)));
            }
        }
    }

    private static void End(ServiceProcess service, bool isKilled)
    {
        if (isKilled)
        {
            service.Kill();
        }
        else
        {
            service.Terminate();
        }
    }

    private static FeatureRow[] Rows(int minibatch) =>
    [
        .. Enumerable.Range(0, 500).Select(row => new FeatureRow(EntityKey.Of(((minibatch * 7919L) + (row * 31L)) % 6_500), row % 3 == 0 ? "2024-W20" : "2023-W07")),
    ];

    private static async IAsyncEnumerable<Minibatch<int>> Minibatches()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return new Minibatch<int>(Rows(i), i);
            await Task.Yield();
        }
    }
}
