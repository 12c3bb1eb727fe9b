using System.Runtime.InteropServices;

namespace FeatureService.EndToEnd.Tests;

/// <summary>Signals to processes that a test started.</summary>
internal static partial class NativeSignals
{
    public const int Terminate = 15;

    /// <summary>SIGSTOP.</summary>
    public const int Stop = 19;

    /// <summary>SIGCONT.</summary>
    public const int Continue = 18;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int processId, int signal);
}
