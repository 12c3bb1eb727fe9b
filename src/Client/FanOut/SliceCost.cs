namespace FeatureService.Client.FanOut;

/// <summary>What slices have cost a service.</summary>
/// <param name="Cpu">CPU time of its workers.</param>
/// <param name="CachedValues">Values that it did not compute, as its cache had them.</param>
internal readonly record struct SliceCost(TimeSpan Cpu, long CachedValues)
{
    /// <summary>What both have cost.</summary>
    public static SliceCost operator +(SliceCost a, SliceCost b) => new(a.Cpu + b.Cpu, a.CachedValues + b.CachedValues);
}
