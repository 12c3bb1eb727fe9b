using System.Globalization;
using System.Runtime.InteropServices;

namespace FeatureService.Scheduling;

/// <summary>
/// The system that this process runs on. On Linux policy and nice belong to a thread, not to its process; elsewhere nothing is
/// tried, as <see cref="Thread.Priority"/> does nothing or needs privileges.
/// </summary>
internal sealed class SystemThreadScheduler : IThreadScheduler
{
    private const int SchedIdle = 5;
    private const int PriorityOfThread = 0;

    /// <summary>A link to <c>PID/task/TID</c> of whoever reads it; not every libc has a call for it.</summary>
    private const string OwnThread = "/proc/thread-self";

    /// <inheritdoc/>
    public int? CurrentThread =>
        OperatingSystem.IsLinux() && new FileInfo(OwnThread).LinkTarget is { } target
            && int.TryParse(Path.GetFileName(target), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : null;

    /// <inheritdoc/>
    public bool TrySetIdle(int thread)
    {
        // SCHED_IDLE has one priority: 0.
        var priority = 0;
        return SetScheduler(thread, SchedIdle, in priority) == 0;
    }

    /// <inheritdoc/>
    public bool TrySetNice(int thread, int nice) => SetPriority(PriorityOfThread, thread, nice) == 0;

    [DllImport("libc", EntryPoint = "sched_setscheduler")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetScheduler(int thread, int policy, in int priority);

    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, int thread, int nice);
}
