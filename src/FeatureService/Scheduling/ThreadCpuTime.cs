using System.Runtime.InteropServices;

namespace FeatureService.Scheduling;

/// <summary>CPU time of single threads, which the runtime tells of the process only.</summary>
internal static class ThreadCpuTime
{
    private const int NanosecondsPerTick = 100;

    /// <summary>The clock of the calling thread's CPU time; -1 where the system has none by this call.</summary>
    private static readonly int _clock = OperatingSystem.IsLinux() ? 3 : OperatingSystem.IsMacOS() ? 16 : -1;

    /// <summary>CPU time that the calling thread has used; zero where the system does not tell.</summary>
    public static TimeSpan Now => _clock >= 0 && Environment.Is64BitProcess && GetTime(_clock, out var time) == 0
        ? TimeSpan.FromTicks((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / NanosecondsPerTick))
        : TimeSpan.Zero;

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
