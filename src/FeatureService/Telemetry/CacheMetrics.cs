using System.Diagnostics.Metrics;

namespace FeatureService.Telemetry;

/// <summary>What the cache counts, in the service's meter.</summary>
/// <param name="metrics">The service's metrics.</param>
public sealed class CacheMetrics(ServiceMetrics metrics)
{
    private readonly Counter<long> _blocks = metrics.Meter.CreateCounter<long>(
        "feature_service.cache.blocks", "{block}", "Blocks that were asked for, by where they were found.");

    private readonly Counter<long> _fills = metrics.Meter.CreateCounter<long>(
        "feature_service.cache.fills", "{block}", "Blocks that were to be kept, by what became of them.");

    private readonly Counter<long> _bytes = metrics.Meter.CreateCounter<long>(
        "feature_service.cache.io", "By", "Bytes of blocks read from Redis and written to it.");

    private readonly Counter<long> _failures = metrics.Meter.CreateCounter<long>(
        "feature_service.cache.failures", "{batch}", "Batches of commands to Redis that failed.");

    private readonly Counter<long> _choices = metrics.Meter.CreateCounter<long>(
        "feature_service.cache.choices", "{column}", "Columns of parts of slices, and tile arrays that they can be made of, by whether the cache was used for them and why.");

    private readonly Counter<long> _tiled = metrics.Meter.CreateCounter<long>(
        "feature_service.cache.tiled", "{column}", "Columns of chunks of weeks of parts of slices that were made of tile arrays from the cache.");

    /// <summary>Blocks asked for in this process's life: found, and not.</summary>
    public (long Hits, long Misses, long Damaged) Totals => (Interlocked.Read(ref _hits), Interlocked.Read(ref _misses), Interlocked.Read(ref _damaged));

    private long _hits;
    private long _misses;
    private long _damaged;

    /// <summary>Blocks have been asked for.</summary>
    /// <param name="result"><c>memory</c>, <c>redis</c>, <c>miss</c> or <c>damaged</c>.</param>
    /// <param name="count">How many.</param>
    internal void Asked(string result, long count)
    {
        if (count == 0)
        {
            return;
        }

        switch (result)
        {
            case "miss":
                Interlocked.Add(ref _misses, count);
                break;
            case "damaged":
                Interlocked.Add(ref _damaged, count);
                break;
            default:
                Interlocked.Add(ref _hits, count);
                break;
        }

        _blocks.Add(count, new KeyValuePair<string, object?>("feature_service.cache.result", result));
    }

    /// <summary>Blocks have been kept or not.</summary>
    /// <param name="outcome"><c>kept</c> in memory; in Redis <c>written</c>, <c>dropped</c> or <c>failed</c>; <c>too_large</c> for either.</param>
    /// <param name="count">How many.</param>
    internal void Filled(string outcome, long count)
    {
        if (count > 0)
        {
            _fills.Add(count, new KeyValuePair<string, object?>("feature_service.cache.outcome", outcome));
        }
    }

    /// <summary>Bytes have been read from Redis or written to it.</summary>
    internal void Moved(string direction, long bytes)
    {
        if (bytes > 0)
        {
            _bytes.Add(bytes, new KeyValuePair<string, object?>("feature_service.cache.direction", direction));
        }
    }

    /// <summary>A batch of commands has failed.</summary>
    internal void Failed(string operation, string error) =>
        _failures.Add(1, new("feature_service.cache.operation", operation), new("error.type", error));

    /// <summary>It has been decided whether the cache is used for columns or tile arrays.</summary>
    internal void Chose(string choice, string reason, long count)
    {
        if (count > 0)
        {
            _choices.Add(count, new("feature_service.cache.choice", choice), new("feature_service.cache.reason", reason));
        }
    }

    /// <summary>Columns have been made of tile arrays.</summary>
    internal void Tiled(long count)
    {
        if (count > 0)
        {
            _tiled.Add(count);
        }
    }
}
