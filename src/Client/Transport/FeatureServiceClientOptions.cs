namespace FeatureService.Client.Transport;

/// <summary>How a <see cref="FeatureServiceClient"/> talks to the service.</summary>
public sealed record FeatureServiceClientOptions
{
    /// <summary>
    /// Addresses of the service's processes: <c>http://HOST:PORT</c>, or <c>unix:/PATH</c> for a Unix socket. At least one.
    /// </summary>
    public required IReadOnlyList<string> Endpoints { get; init; }

    /// <summary>
    /// Opens a connection to an endpoint, given its address, which may then be any name. Null, the default: by the address. For services
    /// inside the client's own process.
    /// </summary>
    public Func<string, CancellationToken, ValueTask<Stream>>? Connect { get; init; }

    /// <summary>Longest time that a connection attempt may take. Default: 3 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Longest time that a unary call may take, all its attempts together. Default: 60 s.</summary>
    public TimeSpan UnaryDeadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time that one backfill stream may take; a stream that reaches it is continued by another. Default: 15 min.</summary>
    public TimeSpan StreamDeadline { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Longest silence of a backfill stream before it is given up and continued by another. Default: 60 s.</summary>
    public TimeSpan StreamIdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Backfill streams in flight on one endpoint. Null, the default: as many as the service's topology advises, and 2 until it has been
    /// asked or where it advises nothing.
    /// </summary>
    public int? BackfillsPerEndpointMax { get; init; }

    /// <summary>Shards in flight in all, which bounds memory. Default: twice the CPUs, from 2 to 16.</summary>
    public int ShardsInFlightMax { get; init; } = Math.Clamp(2 * Environment.ProcessorCount, 2, 16);

    /// <summary>How long a backfill waits without any progress while its calls fail, before it gives up. Default: 30 s.</summary>
    public TimeSpan OutageTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>First pause after a failure; it doubles up to <see cref="BackoffMax"/>, with jitter. Default: 100 ms.</summary>
    public TimeSpan BackoffMin { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause after a failure. Default: 5 s.</summary>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Clock of pauses and time-outs. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    internal void Validate()
    {
        if (Endpoints.Count == 0)
        {
            throw new ArgumentException("expected at least one endpoint", nameof(Endpoints));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(BackfillsPerEndpointMax ?? 1, 1, nameof(BackfillsPerEndpointMax));
        ArgumentOutOfRangeException.ThrowIfLessThan(ShardsInFlightMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(BackoffMin, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(BackoffMax, BackoffMin);
    }
}
