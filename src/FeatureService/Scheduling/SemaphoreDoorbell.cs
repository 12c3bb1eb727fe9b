namespace FeatureService.Scheduling;

/// <summary>A bell for systems on which all threads are alike, so that one inside a lock is never stopped for long.</summary>
internal sealed class SemaphoreDoorbell : Doorbell
{
    private readonly SemaphoreSlim _rings = new(0);

    /// <inheritdoc/>
    public override void Ring(int times = 1) => _rings.Release(times);

    /// <inheritdoc/>
    public override void Wait() => _rings.Wait();

    /// <inheritdoc/>
    public override void Dispose() => _rings.Dispose();
}
