using System.Collections.Concurrent;
using System.Globalization;
using FeatureService.Scheduling;
using FeatureService.Tests.Support;

namespace FeatureService.Tests.Scheduling;

public sealed class WorkerPolicyTests
{
    private const int SchedOther = 0;
    private const int SchedIdle = 5;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(WorkerPolicy.Idle)]
    [InlineData(WorkerPolicy.Nice)]
    [InlineData(WorkerPolicy.Normal)]
    public async Task Background_workers_run_under_the_policy_that_the_pool_tells_and_interactive_ones_as_usual(WorkerPolicy policy)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "policies are Linux's");
        using var pool = new WorkerPool(2, policy);

        // SCHED_IDLE may be refused, nice never is.
        Assert.True(pool.BackgroundPolicy == policy || (policy, pool.BackgroundPolicy) == (WorkerPolicy.Idle, WorkerPolicy.Nice));
        var usual = OwnScheduling();
        var expected = pool.BackgroundPolicy switch
        {
            WorkerPolicy.Idle => (SchedIdle, usual.Nice),
            WorkerPolicy.Nice => (SchedOther, 19),
            _ => usual,
        };
        Assert.Equal([expected, expected], await SchedulingOfAsync(pool, WorkLane.Backfill));
        Assert.Equal([usual, usual], await SchedulingOfAsync(pool, WorkLane.Interactive));
        Assert.Equal(WorkerPolicy.Normal, pool.PolicyOf(WorkerClass.Interactive));
    }

    [Theory]
    [InlineData(WorkerPolicy.Idle, "", WorkerPolicy.Idle, "idle, idle")]
    [InlineData(WorkerPolicy.Idle, "idle", WorkerPolicy.Nice, "nice 19, nice 19")]
    [InlineData(WorkerPolicy.Idle, "idle nice", WorkerPolicy.Normal, "")]
    [InlineData(WorkerPolicy.Nice, "", WorkerPolicy.Nice, "nice 19, nice 19")]
    [InlineData(WorkerPolicy.Nice, "nice", WorkerPolicy.Normal, "")]
    [InlineData(WorkerPolicy.Normal, "", WorkerPolicy.Normal, "")]
    [InlineData(WorkerPolicy.Idle, "id", WorkerPolicy.Normal, "")]
    public void A_policy_that_is_refused_gives_way_to_the_next_weaker_one(WorkerPolicy wanted, string refused, WorkerPolicy granted, string done)
    {
        var system = new TestScheduler { Refused = refused.Split(' ') };
        using var pool = new WorkerPool(2, wanted, null, system);

        Assert.Equal(granted, pool.BackgroundPolicy);
        Assert.Equal(done, string.Join(", ", system.Granted.Select(g => g.What)));
        Assert.Equal(system.Granted.Count, system.Granted.Select(g => g.Thread).Distinct().Count());
    }

    [Fact]
    public void Where_threads_differ_the_weakest_is_told()
    {
        var system = new TestScheduler { IdleMax = 1 };
        using var pool = new WorkerPool(2, WorkerPolicy.Idle, null, system);

        Assert.Equal(WorkerPolicy.Nice, pool.BackgroundPolicy);
    }

    [Fact]
    public void Names_are_read_as_they_are_told()
    {
        Assert.Equal(["idle", "nice", "normal"], WorkerPolicies.Labels);
        Assert.Equal([WorkerPolicy.Idle, WorkerPolicy.Nice, WorkerPolicy.Normal], WorkerPolicies.Labels.Select(WorkerPolicies.Named));
        Assert.Null(WorkerPolicies.Named("Idle"));
    }

    /// <summary>Policy and nice of each thread of the lane's class, read by tasks that hold all of them at once.</summary>
    private static async Task<IEnumerable<(int Policy, int Nice)>> SchedulingOfAsync(WorkerPool pool, WorkLane lane)
    {
        using var together = new Barrier(pool.Workers);
        var seen = new ConcurrentQueue<(int, int)>();
        var work = new TestWork("w", pool.Workers, new ConcurrentQueue<string>(), (_, _) =>
        {
            together.SignalAndWait(Cancellation);
            seen.Enqueue(OwnScheduling());
        });
        await pool.Queue.Open(lane).RunAsync(work, Cancellation);
        return seen;
    }

    /// <summary>See proc(5): behind the name in brackets, the 3rd field is the state, the 19th nice, the 41st the policy.</summary>
    private static (int Policy, int Nice) OwnScheduling()
    {
        var stat = File.ReadAllText("/proc/thread-self/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (Number(fields[41 - 3]), Number(fields[19 - 3]));
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>A system that refuses what a test says, and notes what it has granted.</summary>
    private sealed class TestScheduler : IThreadScheduler
    {
        private int _threads;

        public IReadOnlyList<string> Refused { get; init; } = [];

        public int IdleMax { get; init; } = int.MaxValue;

        public List<(int Thread, string What)> Granted { get; } = [];

        public int? CurrentThread => Refused.Contains("id") ? null : Interlocked.Increment(ref _threads);

        public bool TrySetIdle(int thread) => Granted.Count < IdleMax && Grant(thread, "idle", "idle");

        public bool TrySetNice(int thread, int nice) => Grant(thread, "nice", $"nice {nice}");

        private bool Grant(int thread, string kind, string what)
        {
            if (Refused.Contains(kind))
            {
                return false;
            }

            Granted.Add((thread, what));
            return true;
        }
    }
}
