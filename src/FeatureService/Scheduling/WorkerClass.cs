namespace FeatureService.Scheduling;

/// <summary>A kind of threads that compute: a class goes before those behind it.</summary>
public enum WorkerClass
{
    /// <summary>Threads at normal policy, for lanes in which somebody waits.</summary>
    Interactive,

    /// <summary>Threads that give way to all others of the process, by their <see cref="WorkerPolicy"/>.</summary>
    Background,
}

/// <summary>How status and metrics name classes.</summary>
internal static class WorkerClasses
{
    /// <summary>Every class, the one that goes first first.</summary>
    public static IReadOnlyList<WorkerClass> All { get; } = Enum.GetValues<WorkerClass>();

    /// <summary>The class in lower case.</summary>
    public static string Label(this WorkerClass workers) => workers == WorkerClass.Interactive ? "interactive" : "background";
}
