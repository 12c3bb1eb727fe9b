using System.Net;
using FeatureService.Client.Transport.Pods;
using Grpc.Core;

namespace FeatureService.Client.Transport;

/// <summary>How a <see cref="FeatureServiceClient"/> talks to the service.</summary>
public sealed record FeatureServiceClientOptions
{
    /// <summary>
    /// Addresses of the service's processes: <c>http://HOST:PORT</c>, <c>unix:/PATH</c> for a Unix socket, or <c>dns:///NAME:PORT</c> for
    /// every address of a name, which is looked up again as <see cref="ResolveInterval"/> says. At least one.
    /// </summary>
    public required IReadOnlyList<string> Endpoints { get; init; }

    /// <summary>
    /// Looks the name of <c>dns:///NAME:PORT</c> up. Null, the default: by the system's resolver. A look-up that fails or finds nothing
    /// leaves the addresses found before.
    /// </summary>
    public Func<string, CancellationToken, Task<IReadOnlyList<IPAddress>>>? Resolve { get; init; }

    /// <summary>
    /// How long a look-up is good: pods that are new get work after it, those that are gone get no more. After a pod has failed it is
    /// repeated within a second. Default: 20 s.
    /// </summary>
    public TimeSpan ResolveInterval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Connections to each address, each used as if it led to a pod of its own. More than one is for a balancer that hides several pods
    /// behind one address and shares connections among them. Default: 1.
    /// </summary>
    public int ConnectionsPerEndpoint { get; init; } = 1;

    /// <summary>
    /// Opens a connection to an endpoint, given its address, which may then be any name. Null, the default: by the address. For services
    /// inside the client's own process.
    /// </summary>
    public Func<string, CancellationToken, ValueTask<Stream>>? Connect { get; init; }

    /// <summary>Longest time that a connection attempt or a look-up may take. Default: 3 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Longest time that a unary call may take, all its attempts together. Default: 60 s.</summary>
    public TimeSpan UnaryDeadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time that one backfill stream may take; a stream that reaches it is continued by another. Default: 15 min.</summary>
    public TimeSpan StreamDeadline { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Longest silence of a backfill stream before it is given up and continued by another, though its process answers. Default: 60 s.
    /// </summary>
    public TimeSpan StreamIdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Silence of a call after which its process is asked by a small call whether it still answers; where it does not within
    /// <see cref="ProbeTimeout"/>, the call goes elsewhere. Default: 2 s.
    /// </summary>
    public TimeSpan ProbeAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest time that the answer to such a small call may take. Default: 2 s.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A shard that has taken so many times as long as the median of its size, and 2 s, is given to a second pod as well, and what arrives
    /// first counts; infinity for never. Default: 4.
    /// </summary>
    public double StragglerFactor { get; init; } = 4;

    /// <summary>
    /// Most backfill streams in flight on one endpoint; fewer where it refuses some or has failed. Null, the default: as many as the service's topology advises, and 2 until it has been
    /// asked or where it advises nothing.
    /// </summary>
    public int? BackfillsPerEndpointMax { get; init; }

    /// <summary>Shards in flight in all, which bounds memory. Default: twice the CPUs, from 2 to 16.</summary>
    public int ShardsInFlightMax { get; init; } = Math.Clamp(2 * Environment.ProcessorCount, 2, 16);

    /// <summary>How long a backfill waits without any progress while its calls fail, before it gives up. Default: 30 s.</summary>
    public TimeSpan OutageTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a backfill waits without any progress while endpoints answer that they are full, before it gives up. Default: 10 min.
    /// </summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>First pause after a failure; it doubles up to <see cref="BackoffMax"/>, with jitter. Default: 100 ms.</summary>
    public TimeSpan BackoffMin { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause after a failure. Default: 5 s.</summary>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Clock of pauses and time-outs. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Makes calls in place of a channel, by address: for tests.</summary>
    internal Func<string, CallInvoker>? Invoker { get; init; }

    /// <summary>Spreads pauses.</summary>
    internal Random Random { get; init; } = Random.Shared;

    internal void Validate()
    {
        if (Endpoints.Count == 0)
        {
            throw new ArgumentException("expected at least one endpoint", nameof(Endpoints));
        }

        foreach (var endpoint in Endpoints)
        {
            if (AddressBook.IsName(endpoint))
            {
                AddressBook.Parse(endpoint);
            }
            else if (Invoker is null)
            {
                Route.To(endpoint, Connect);
            }
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(ConnectionsPerEndpoint, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ResolveInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ProbeAfter, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ProbeTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(StragglerFactor, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BackfillsPerEndpointMax ?? 1, 1, nameof(BackfillsPerEndpointMax));
        ArgumentOutOfRangeException.ThrowIfLessThan(ShardsInFlightMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(BackoffMin, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(BackoffMax, BackoffMin);
    }
}
