using System.Globalization;

namespace FeatureService.Ingest;

/// <summary>A build needs more memory than it may have.</summary>
/// <param name="needed">The least bytes, as far as the build has come.</param>
/// <param name="allowed">The bytes that it may have.</param>
/// <param name="what">What needs them.</param>
public sealed class MemoryException(long needed, long allowed, string what)
    : Exception(string.Create(CultureInfo.InvariantCulture, $"the build needs {needed} bytes of memory for {what}, and may have {allowed}"))
{
    /// <summary>The least bytes, as far as the build has come.</summary>
    public long NeededBytes { get; } = needed;

    /// <summary>The bytes that it may have.</summary>
    public long AllowedBytes { get; } = allowed;

    /// <summary>What needs them.</summary>
    public string What { get; } = what;
}
