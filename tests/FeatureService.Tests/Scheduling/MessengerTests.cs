using System.Collections.Concurrent;
using FeatureService.Scheduling;
using FeatureService.Tests.Support;

namespace FeatureService.Tests.Scheduling;

public sealed class MessengerTests
{
    [Fact]
    public async Task Everything_is_told_also_what_comes_as_it_ends()
    {
        using var queue = new WorkQueue(1, _ => { });
        var jobs = Enumerable.Range(0, 1000)
            .Select(i => new WorkJob(queue.Open(WorkLane.Backfill), new TestWork($"{i}", 0, new ConcurrentQueue<string>()), default))
            .ToArray();
        using (var messenger = new Messenger())
        {
            Array.ForEach(jobs, messenger.Tell);
        }

        Assert.All(jobs, job => Assert.True(job.Done.IsCompletedSuccessfully));
        await Task.WhenAll(jobs.Select(job => job.Done));
    }
}
