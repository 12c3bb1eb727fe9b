using FeatureService.Core.Keys;

namespace FeatureService.Testing;

/// <summary>One row of an event source as a test writes it.</summary>
/// <param name="Key">The entity.</param>
/// <param name="Values">
/// One for each column of the source, in its order, the time among them: null, bool, long (int64, and microseconds UTC of a
/// timestamp), int (days since 1970 of a date), double or string.
/// </param>
public sealed record EventRow(EntityKey Key, params object?[] Values)
{
    /// <summary>A row of an entity whose key is an integer.</summary>
    /// <param name="key">The entity.</param>
    /// <param name="values">One for each column of the source.</param>
    public static EventRow Of(long key, params object?[] values) => new(EntityKey.Of(key), values);
}
