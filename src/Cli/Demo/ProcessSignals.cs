using System.Diagnostics;
using System.Runtime.InteropServices;

namespace FeatureService.Cli.Demo;

/// <summary>Asks another process to end in order, which <see cref="Process"/> cannot.</summary>
internal static class ProcessSignals
{
    private const int Sigterm = 15;

    /// <summary>Sends SIGTERM; where there are no signals, ends the process.</summary>
    public static void Terminate(Process process)
    {
        // A failure means that the process has just ended by itself: nothing is left to ask.
        if (OperatingSystem.IsWindows())
        {
            process.Kill();
        }
        else
        {
            _ = SendSignal(process.Id, Sigterm);
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
