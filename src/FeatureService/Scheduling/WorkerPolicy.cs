namespace FeatureService.Scheduling;

/// <summary>How the system's scheduler treats background workers, from the one that gives way most.</summary>
public enum WorkerPolicy
{
    /// <summary>Linux's SCHED_IDLE: they run where nothing else wants to, and are interrupted at once.</summary>
    Idle,

    /// <summary>Nice 19: they get a small share beside others.</summary>
    Nice,

    /// <summary>As any thread.</summary>
    Normal,
}

/// <summary>How settings and status name policies, and how a thread gets one.</summary>
internal static class WorkerPolicies
{
    /// <summary>The weakest that the system knows.</summary>
    private const int NiceMax = 19;

    /// <summary>The names, as settings take them.</summary>
    public static IReadOnlyList<string> Labels { get; } = [.. Enum.GetValues<WorkerPolicy>().Select(Label)];

    /// <summary>The policy in lower case.</summary>
    public static string Label(this WorkerPolicy policy) => policy switch
    {
        WorkerPolicy.Idle => "idle",
        WorkerPolicy.Nice => "nice",
        _ => "normal",
    };

    /// <summary>The policy of a name; null where there is none.</summary>
    public static WorkerPolicy? Named(string label) => Enum.GetValues<WorkerPolicy>().Cast<WorkerPolicy?>().FirstOrDefault(p => p!.Value.Label() == label);

    /// <summary>Gives a thread a policy, or the next weaker one that the system does not refuse.</summary>
    /// <param name="scheduler">The system.</param>
    /// <param name="thread">The thread's id; null where it is not known.</param>
    /// <param name="wanted">The policy.</param>
    /// <returns>The policy that the thread has got.</returns>
    public static WorkerPolicy Apply(this IThreadScheduler scheduler, int? thread, WorkerPolicy wanted) => thread switch
    {
        { } id when wanted == WorkerPolicy.Idle && scheduler.TrySetIdle(id) => WorkerPolicy.Idle,
        { } id when wanted != WorkerPolicy.Normal && scheduler.TrySetNice(id, NiceMax) => WorkerPolicy.Nice,
        _ => WorkerPolicy.Normal,
    };
}
