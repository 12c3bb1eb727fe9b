using System.Collections.Concurrent;
using FeatureService.Core.Columns;

namespace FeatureService.Caching;

/// <summary>What is known of a feature's costs here: first assumed, then measured.</summary>
/// <param name="ComputeRatio">Measured by estimated time of computing; null before any was measured.</param>
/// <param name="BytesPerCell">Packed bytes of a value.</param>
/// <param name="DecodeNs">Nanoseconds of unpacking a value.</param>
/// <param name="PackNs">Nanoseconds of copying and packing a value.</param>
/// <param name="MeasuredAt">When something of it was measured last.</param>
internal readonly record struct FeatureCost(double? ComputeRatio, double BytesPerCell, double DecodeNs, double PackNs, long MeasuredAt = 0);

/// <summary>
/// What computing, fetching and decoding take, feature by feature, as this process has measured them: smoothed, so that a neighbour's
/// burst does not decide anything. Safe from any thread; threads of connections wait for no other.
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
    private const double RedisLatencyNs = 300_000;
    private const double MemoryKeyNs = 300;

    /// <summary>A read of fewer bytes tells how long an answer takes to come, and nothing of bytes.</summary>
    private const long LatencyBytesMax = 64 << 10;

    /// <summary>A read of more bytes tells what they take.</summary>
    private const long ThroughputBytesMin = 256 << 10;

    /// <summary>Beyond it the machine does not compute at all.</summary>
    private const double ContentionMax = 50;

    /// <summary>Less CPU time tells nothing.</summary>
    private static readonly TimeSpan _contentionMin = TimeSpan.FromMilliseconds(0.5);

    /// <summary>A slow spell is forgotten by half in this time, so that a Redis that has recovered is tried again.</summary>
    private static readonly TimeSpan _halfLife = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan _tilesHalfLife = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<(string Fingerprint, ColumnType Type), FeatureCost> _features = new();
    private Measured _measured = new(RedisByteNs, RedisLatencyNs, 1, time.GetTimestamp());

    /// <summary>Nanoseconds of asking for a block.</summary>
    public double KeyNs => hasRedis ? RedisKeyNs : MemoryKeyNs;

    /// <summary>Nanoseconds of bringing a byte of a block.</summary>
    public double ByteNs => hasRedis ? Faded(Volatile.Read(ref _measured)).ByteNs : 0;

    /// <summary>Nanoseconds until an answer comes.</summary>
    public double LatencyNs => hasRedis ? Faded(Volatile.Read(ref _measured)).LatencyNs : 0;

    /// <summary>A feature's costs.</summary>
    /// <param name="fingerprint">The definition.</param>
    /// <param name="type">Type of its values.</param>
    public FeatureCost Of(string fingerprint, ColumnType type) =>
        _features.TryGetValue((fingerprint, type), out var known) ? known : Assumed(type);

    /// <summary>The costs of a part of a tile array's states. They fade: what a dear spell has ruled out is not measured any more.</summary>
    /// <param name="name">What it is known by.</param>
    /// <param name="type">Type of the values.</param>
    public FeatureCost OfTiles(string name, ColumnType type)
    {
        var (known, assumed) = (Of(name, type), Assumed(type));
        var left = known == assumed ? 1 : Math.Pow(0.5, time.GetElapsedTime(known.MeasuredAt) / _tilesHalfLife);
        return known with
        {
            DecodeNs = assumed.DecodeNs + ((known.DecodeNs - assumed.DecodeNs) * left),
            PackNs = assumed.PackNs + ((known.PackNs - assumed.PackNs) * left),
        };
    }

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
    public void Fetched(int blocks, long bytes, TimeSpan elapsed) => Change(measured =>
    {
        // On a busy machine everything takes longer, computing too, whose CPU time it is compared with.
        var taken = elapsed.TotalSeconds * 1e9 / measured.Contention;
        var faded = Faded(measured);
        return blocks > 0 && bytes < LatencyBytesMax
            ? faded with { LatencyNs = Smooth(faded.LatencyNs, taken) }
            : bytes >= ThroughputBytesMin
            ? faded with { ByteNs = Smooth(faded.ByteNs, Math.Max(0.05, (taken - faded.LatencyNs - (blocks * KeyNs)) / bytes)) }
            : measured;
    });

    /// <summary>Tasks have run: how much longer they took than their CPU time says how busy the machine is.</summary>
    /// <param name="cpu">Their CPU time.</param>
    /// <param name="elapsed">How long they took.</param>
    public void Ran(TimeSpan cpu, TimeSpan elapsed)
    {
        if (cpu < _contentionMin)
        {
            return;
        }

        Change(measured => measured with { Contention = Smooth(measured.Contention, Math.Clamp(elapsed / cpu, 1, ContentionMax)) });
    }

    /// <summary>A measurement on its way back to what was assumed, as of now.</summary>
    private Measured Faded(Measured measured)
    {
        var left = Math.Pow(0.5, time.GetElapsedTime(measured.At) / _halfLife);
        return measured with
        {
            ByteNs = RedisByteNs + ((measured.ByteNs - RedisByteNs) * left),
            LatencyNs = RedisLatencyNs + ((measured.LatencyNs - RedisLatencyNs) * left),
            At = time.GetTimestamp(),
        };
    }

    private void Change(Func<Measured, Measured> change)
    {
        Measured before;
        do
        {
            before = Volatile.Read(ref _measured);
        }
        while (Interlocked.CompareExchange(ref _measured, change(before), before) != before);
    }

    private static double Smooth(double before, double measured) => before + ((measured - before) * Smoothing);

    private static FeatureCost Assumed(ColumnType type) => type == ColumnType.String
        ? new FeatureCost(null, 12, 12, 12)
        : new FeatureCost(null, type.Width(), 1.0, 1.5);

    private void Change(string fingerprint, ColumnType type, Func<FeatureCost, FeatureCost> change)
    {
        if (_features.Count < FeaturesMax || _features.ContainsKey((fingerprint, type)))
        {
            _features.AddOrUpdate((fingerprint, type), _ => change(Assumed(type)) with { MeasuredAt = time.GetTimestamp() }, (_, known) => change(known) with { MeasuredAt = time.GetTimestamp() });
        }
    }

    /// <summary>What was measured of the machine and of Redis.</summary>
    private sealed record Measured(double ByteNs, double LatencyNs, double Contention, long At);
}
