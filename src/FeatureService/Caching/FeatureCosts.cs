using System.Collections.Concurrent;
using FeatureService.Core.Columns;

namespace FeatureService.Caching;

/// <summary>What is known of a feature's costs here: first assumed, then measured.</summary>
/// <param name="ComputeRatio">Measured by estimated time of computing; null before any was measured.</param>
/// <param name="BytesPerCell">Packed bytes of a value.</param>
/// <param name="DecodeNs">Nanoseconds of unpacking a value.</param>
/// <param name="PackNs">Nanoseconds of copying and packing a value.</param>
internal readonly record struct FeatureCost(double? ComputeRatio, double BytesPerCell, double DecodeNs, double PackNs);

/// <summary>
/// What computing, fetching and decoding take, feature by feature, as this process has measured them: smoothed, so that a neighbour's
/// burst does not decide anything. Safe from any thread.
/// </summary>
/// <param name="hasRedis">Whether blocks come over a network.</param>
/// <param name="time">The clock.</param>
internal sealed class FeatureCosts(bool hasRedis, TimeProvider time)
{
    /// <summary>Features that are remembered; beyond it the assumptions serve.</summary>
    private const int FeaturesMax = 4_096;

    /// <summary>Share of a new measurement.</summary>
    private const double Smoothing = 0.3;

    // Assumed until it is measured, on loopback with a value of 64 KiB: a command 4 us, 1 GB/s.
    private const double RedisKeyNs = 4_000;
    private const double RedisByteNs = 1.0;
    private const double MemoryKeyNs = 300;

    /// <summary>A slow spell is forgotten by half in this time, so that a Redis that has recovered is tried again.</summary>
    private static readonly TimeSpan _halfLife = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<(string Fingerprint, ColumnType Type), FeatureCost> _features = new();
    private readonly Lock _lock = new();
    private double _byteNs = hasRedis ? RedisByteNs : 0;
    private long _byteAt = time.GetTimestamp();

    /// <summary>Nanoseconds of asking for a block.</summary>
    public double KeyNs => hasRedis ? RedisKeyNs : MemoryKeyNs;

    /// <summary>Nanoseconds of bringing a byte of a block.</summary>
    public double ByteNs
    {
        get
        {
            lock (_lock)
            {
                var assumed = hasRedis ? RedisByteNs : 0;
                return assumed + ((_byteNs - assumed) * Math.Pow(0.5, time.GetElapsedTime(_byteAt) / _halfLife));
            }
        }
    }

    /// <summary>A feature's costs.</summary>
    /// <param name="fingerprint">The definition.</param>
    /// <param name="type">Type of its values.</param>
    public FeatureCost Of(string fingerprint, ColumnType type) =>
        _features.TryGetValue((fingerprint, type), out var known) ? known : Assumed(type);

    /// <summary>A run has computed the feature, maybe beside others.</summary>
    /// <param name="fingerprint">The definition.</param>
    /// <param name="type">Type of its values.</param>
    /// <param name="ratio">The run's measured by its estimated time.</param>
    /// <param name="share">The feature's share of the estimate: how much the ratio says of it.</param>
    /// <param name="assumed">The ratio while none was measured.</param>
    public void Computed(string fingerprint, ColumnType type, double ratio, double share, double assumed) => Change(fingerprint, type, cost =>
    {
        var before = cost.ComputeRatio ?? assumed;
        return cost with { ComputeRatio = before + ((ratio - before) * Smoothing * Math.Clamp(share, 0, 1)) };
    });

    /// <summary>Blocks of the feature have been unpacked.</summary>
    public void Decoded(string fingerprint, ColumnType type, double bytesPerCell, double nanosecondsPerCell) => Change(fingerprint, type, cost => cost with
    {
        BytesPerCell = Smooth(cost.BytesPerCell, bytesPerCell),
        DecodeNs = Smooth(cost.DecodeNs, nanosecondsPerCell),
    });

    /// <summary>Blocks of the feature have been packed.</summary>
    public void Packed(string fingerprint, ColumnType type, double bytesPerCell, double nanosecondsPerCell) => Change(fingerprint, type, cost => cost with
    {
        BytesPerCell = Smooth(cost.BytesPerCell, bytesPerCell),
        PackNs = Smooth(cost.PackNs, nanosecondsPerCell),
    });

    /// <summary>Blocks have been brought from Redis.</summary>
    /// <param name="blocks">How many.</param>
    /// <param name="bytes">Bytes of all of them.</param>
    /// <param name="elapsed">How long it took.</param>
    public void Fetched(int blocks, long bytes, TimeSpan elapsed)
    {
        if (bytes == 0)
        {
            return;
        }

        var measured = Math.Max(0.05, ((elapsed.TotalSeconds * 1e9) - (blocks * KeyNs)) / bytes);
        var before = ByteNs;
        lock (_lock)
        {
            _byteNs = Smooth(before, measured);
            _byteAt = time.GetTimestamp();
        }
    }

    private static double Smooth(double before, double measured) => before + ((measured - before) * Smoothing);

    private static FeatureCost Assumed(ColumnType type) => type == ColumnType.String
        ? new FeatureCost(null, 12, 12, 12)
        : new FeatureCost(null, type.Width(), 1.0, 1.5);

    private void Change(string fingerprint, ColumnType type, Func<FeatureCost, FeatureCost> change)
    {
        if (_features.Count < FeaturesMax || _features.ContainsKey((fingerprint, type)))
        {
            _features.AddOrUpdate((fingerprint, type), _ => change(Assumed(type)), (_, known) => change(known));
        }
    }
}
