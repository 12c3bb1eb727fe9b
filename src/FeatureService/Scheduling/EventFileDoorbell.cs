using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FeatureService.Scheduling;

/// <summary>
/// A bell of Linux's, an eventfd. Whatever waits in .NET has a lock inside, and a sleeper under SCHED_IDLE could be stopped while it
/// holds it, before the eyes of a request that wants to wake it; nobody is stopped inside the kernel's.
/// </summary>
internal sealed class EventFileDoorbell : Doorbell
{
    /// <summary>Each read takes one ring, and waits where there is none.</summary>
    private const int EfdSemaphore = 1;
    private const int EfdCloseOnExec = 0x80000;
    private const int Interrupted = 4;

    private readonly SafeFileHandle _file = new(OpenEvent(0, EfdSemaphore | EfdCloseOnExec), ownsHandle: true);

    /// <summary>Opens the file.</summary>
    /// <exception cref="IOException">The process can open no more files.</exception>
    public EventFileDoorbell()
    {
        if (_file.IsInvalid)
        {
            throw Failed("open");
        }
    }

    /// <inheritdoc/>
    public override void Ring(int times = 1)
    {
        var count = (ulong)times;
        while (Write(_file, in count, sizeof(ulong)) < 0)
        {
            ThrowUnlessInterrupted("write to");
        }
    }

    /// <inheritdoc/>
    public override void Wait()
    {
        while (Read(_file, out _, sizeof(ulong)) < 0)
        {
            ThrowUnlessInterrupted("read");
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _file.Dispose();

    private static void ThrowUnlessInterrupted(string what)
    {
        if (Marshal.GetLastPInvokeError() != Interrupted)
        {
            throw Failed(what);
        }
    }

    private static IOException Failed(string what) => new($"cannot {what} an event of the system: {Marshal.GetLastPInvokeErrorMessage()}");

    [DllImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int OpenEvent(uint count, int flags);

    [DllImport("libc", EntryPoint = "read", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Read(SafeFileHandle file, out ulong count, nint bytes);

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Write(SafeFileHandle file, in ulong count, nint bytes);
}
