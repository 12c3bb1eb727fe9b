using System.Buffers;
using FeatureService.Caching;
using FeatureService.Pipeline;
using FeatureService.Registry;
using FeatureService.Scheduling;

namespace FeatureService.Hosting;

/// <summary>A folder that holds a snapshot, and the name under which it is served.</summary>
/// <param name="Name">The name.</param>
/// <param name="Directory">The folder.</param>
public sealed record SnapshotFolder(string Name, string Directory);

/// <summary>What a service needs to know to start. Immutable; checked as a whole before anything is opened.</summary>
public sealed record ServiceOptions
{
    private static readonly SearchValues<char> _keyCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:");

    /// <summary>
    /// Where it listens; default <c>http://127.0.0.1:5080</c>. Null: nowhere, and only its own process reaches it, by
    /// <see cref="FeatureServiceHost.ConnectAsync"/>.
    /// </summary>
    public string? Listen { get; init; } = ListenAddress.Default;

    /// <summary>Where health alone is answered; default: only where the service listens.</summary>
    public string? Health { get; init; }

    /// <summary>Where Prometheus reads metrics, below <c>/metrics</c>; default nowhere.</summary>
    public string? Metrics { get; init; }

    /// <summary>Address of a collector that gets metrics and traces over OTLP's gRPC, as <c>http://127.0.0.1:4317</c>; default none.</summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>The snapshots that it serves, at least one.</summary>
    public required IReadOnlyList<SnapshotFolder> Snapshots { get; init; }

    /// <summary>The directory of published views; null for none.</summary>
    public string? Views { get; init; }

    /// <summary>Threads that compute, so many for requests with one answer and so many for streams; default as many as CPUs.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>How threads that compute streams give way to all others; default <see cref="Scheduling.WorkerPolicy.Idle"/>.</summary>
    public WorkerPolicy WorkerPolicy { get; init; } = WorkerPolicy.Idle;

    /// <summary>Whether a listener beyond this machine may go without authentication; default no.</summary>
    public bool InsecureNoAuth { get; init; }

    /// <summary>Whether a listener beyond this machine may go without TLS; default no.</summary>
    public bool InsecureNoTls { get; init; }

    /// <summary>Requests with one answer that may be in the service at once; default 256.</summary>
    public int RequestsMax { get; init; } = 256;

    /// <summary>Streams of minibatches that may be in the service at once; default 64, as they wait for their callers most of the time.</summary>
    public int TrainingMax { get; init; } = 64;

    /// <summary>Backfills that may be in the service at once; default 32.</summary>
    public int BackfillsMax { get; init; } = 32;

    /// <summary>How long an orderly stop waits for requests in flight; default 15 s, of the 20 in which the process ends.</summary>
    public TimeSpan DrainMax { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Assemblies of custom aggregates, trusted code that views may use; default none.</summary>
    public IReadOnlyList<string> Aggregates { get; init; } = [];

    /// <summary>
    /// Share of the answers' cells that are recomputed with the naive evaluator, 0 to 1, in at most a twentieth of the time that computing
    /// takes; 1 is every cell, whatever it takes. Default 0, none.
    /// </summary>
    public double Verify { get; init; }

    /// <summary>Bounds of requests, answers and streams.</summary>
    public PipelineLimits Limits { get; init; } = new();

    /// <summary>What is kept of columns that were computed; default 256 MiB in memory.</summary>
    public CacheOptions Cache { get; init; } = new();

    /// <summary>What opens snapshots; default: those that <c>snapshot build</c> wrote, mapped.</summary>
    public ISnapshotOpener Opener { get; init; } = new MappedSnapshotOpener();

    /// <summary>The clock; default the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How long a collector may take for what it is sent; a collector that does not answer must not hold up the end of the process.</summary>
    internal TimeSpan ExportMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Says where log lines go; default nowhere.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }

    /// <summary>Everything that is wrong with the options; nothing is opened or listened to for it.</summary>
    public IReadOnlyList<string> Errors()
    {
        var errors = new List<string>();
        CheckAddress(errors, "listen", Listen);
        CheckAddress(errors, "health", Health);
        CheckAddress(errors, "metrics", Metrics);
        CheckDifferent(errors);
        if (OtlpEndpoint is not null
            && !(Uri.TryCreate(OtlpEndpoint, UriKind.Absolute, out var collector) && (collector.Scheme == Uri.UriSchemeHttp || collector.Scheme == Uri.UriSchemeHttps)))
        {
            errors.Add($"otlp-endpoint: '{OtlpEndpoint}' is no address of a collector: expected one as http://127.0.0.1:4317");
        }

        CheckSnapshots(errors);
        if (Views is not null && !Directory.Exists(Views))
        {
            errors.Add($"views: there is no directory {Views}");
        }

        errors.AddRange(Aggregates.Where(path => !File.Exists(path)).Select(path => $"aggregates: there is no file {path}"));
        CheckRange(errors, "workers", Workers, 1, 1024);
        CheckRange(errors, "requests-max", RequestsMax, 1, 1_000_000);
        CheckRange(errors, "training-max", TrainingMax, 1, 100_000);
        CheckRange(errors, "backfills-max", BackfillsMax, 1, 100_000);
        CheckRange(errors, "write-stall-seconds", Limits.WriteStallMax.TotalSeconds, 0.001, 86_400);
        CheckRange(errors, "verify", Verify, 0, 1);
        CheckRange(errors, "drain-seconds", DrainMax.TotalSeconds, 0, 3600);
        CheckCache(errors);
        return errors;
    }

    internal AdmissionLimits Admission => new(RequestsMax, TrainingMax, BackfillsMax);

    /// <summary>The listeners of options without errors.</summary>
    internal Listeners Listeners => new(AddressOf(Listen) ?? ListenAddress.InMemory, AddressOf(Health), AddressOf(Metrics));

    private static ListenAddress? AddressOf(string? text) => text is not null && ListenAddress.TryParse(text, out var address, out _) ? address : null;

    private void CheckAddress(List<string> errors, string name, string? text)
    {
        if (text is null)
        {
            return;
        }

        if (!ListenAddress.TryParse(text, out var address, out var error))
        {
            errors.Add($"{name}: {error}");
        }
        else if (!address.IsLocal && !(InsecureNoAuth && InsecureNoTls))
        {
            errors.Add(
                $"{name}: {text} is reached from beyond this machine, and authentication and TLS are not supported yet: expected a loopback address, or both insecure-no-auth and insecure-no-tls");
        }
    }

    private void CheckDifferent(List<string> errors)
    {
        var named = new[] { ("listen", Listen), ("health", Health), ("metrics", Metrics) }
            .Select(n => (Name: n.Item1, Address: AddressOf(n.Item2)))
            .Where(n => n.Address is { Tcp: not { Port: 0 } });
        foreach (var same in named.GroupBy(n => n.Address!.ToString()).Where(g => g.Count() > 1))
        {
            errors.Add($"{string.Join(" and ", same.Select(n => n.Name))}: {same.Key} is given to both: expected different addresses");
        }
    }

    private void CheckCache(List<string> errors)
    {
        if (Cache.Redis is not null && !RedisAddress.TryRead(Cache.Redis, Cache.CallMax, out _, out var error))
        {
            errors.Add($"redis: {error}");
        }

        if (Cache.Namespace.Length is 0 or > 64 || Cache.Namespace.AsSpan().ContainsAnyExcept(_keyCharacters))
        {
            errors.Add($"cache-namespace: '{Cache.Namespace}' cannot start keys: expected up to 64 letters, digits, '-', '_', '.' or ':'");
        }

        CheckRange(errors, "cache-lifetime-seconds", Cache.Lifetime.TotalSeconds, 1, 315_360_000);
        CheckRange(errors, "cache-value-max", Cache.ValueBytesMax, 1 << 10, 64 << 20);
        CheckRange(errors, "cache-memory", Cache.MemoryBytes, 0, 1L << 42);
        CheckRange(errors, "redis-timeout-milliseconds", Cache.CallMax.TotalMilliseconds, 1, 60_000);
    }

    private void CheckSnapshots(List<string> errors)
    {
        if (Snapshots.Count == 0)
        {
            errors.Add("snapshot: expected at least one [NAME=]DIR");
        }

        foreach (var snapshot in Snapshots)
        {
            if (snapshot.Name.Length == 0)
            {
                errors.Add($"snapshot: expected a name before '={snapshot.Directory}'");
            }

            if (!Directory.Exists(snapshot.Directory))
            {
                errors.Add($"snapshot: there is no directory {snapshot.Directory}");
            }
        }

        foreach (var name in Snapshots.GroupBy(s => s.Name).Where(g => g.Count() > 1).Select(g => g.Key))
        {
            errors.Add($"snapshot: two are named '{name}': expected different names, as NAME=DIR");
        }
    }

    private static void CheckRange(List<string> errors, string name, double value, double min, double max)
    {
        if (!(value >= min && value <= max))
        {
            errors.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}: {value} is out of range: expected {min} to {max}"));
        }
    }
}
