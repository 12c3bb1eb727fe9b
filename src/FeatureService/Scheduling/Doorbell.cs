namespace FeatureService.Scheduling;

/// <summary>Wakes threads that sleep. A ring that nobody waits for is kept for the next one who does.</summary>
internal abstract class Doorbell : IDisposable
{
    /// <summary>The system's best.</summary>
    /// <exception cref="IOException">The process can open no more files.</exception>
    public static Doorbell Create() => OperatingSystem.IsLinux() ? new EventFileDoorbell() : new SemaphoreDoorbell();

    /// <summary>Wakes threads, one for each time.</summary>
    /// <param name="times">How many, from 1.</param>
    public abstract void Ring(int times = 1);

    /// <summary>Sleeps until a ring.</summary>
    public abstract void Wait();

    /// <inheritdoc/>
    public abstract void Dispose();
}
