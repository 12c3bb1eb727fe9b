using System.Globalization;
using FeatureService.Pipeline;
using FeatureService.Registry;
using FeatureService.Scheduling;

namespace FeatureService.Hosting;

/// <summary>The settings of the service, and how their texts become <see cref="ServiceOptions"/>.</summary>
public static class ServiceSettings
{
    /// <summary>Separates several values in an environment variable.</summary>
    private const char VariableSeparator = ';';

    /// <summary>What OpenTelemetry calls the setting in every program.</summary>
    private const string OtlpVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private static readonly Setting _listen = new(
        "listen", SettingKind.Text, "URL", "Where to listen: http://ADDRESS:PORT (HTTP/2) or unix:/path. Default " + ListenAddress.Default + ".");

    private static readonly Setting _health = new(
        "health", SettingKind.Text, "URL", "Where to answer grpc.health.v1 alone, for probes: `liveness`, `readiness`. Default: only where it listens.");

    private static readonly Setting _metrics = new(
        "metrics", SettingKind.Text, "URL", "Where Prometheus reads metrics, at URL/metrics (HTTP/1.1). Default nowhere.");

    private static readonly Setting _otlp = new(
        "otlp-endpoint", SettingKind.Text, "URL", $"A collector that gets metrics and traces over OTLP (gRPC). Default: {OtlpVariable} where set, else none.");

    private static readonly Setting _snapshot = new(
        "snapshot", SettingKind.Texts, "[NAME=]DIR", "A folder that `snapshot build` wrote, and its name; repeatable. The first name is `default`.");

    private static readonly Setting _views = new("views", SettingKind.Text, "DIR", "Directory of published views, TEAM/VIEW.view.yaml.");

    private static readonly Setting _aggregates = new(
        "aggregates", SettingKind.Texts, "FILE", "An assembly of custom aggregates, trusted code that runs inside the service; repeatable.");

    private static readonly Setting _workers = new(
        "workers", SettingKind.Number, "N", "Threads that compute, for single answers and for streams each. Default: as many as CPUs.");

    private static readonly Setting _workerPolicy = new(
        "worker-policy",
        SettingKind.Text,
        "POLICY",
        "How threads that compute streams give way on Linux: idle (SCHED_IDLE, nice 19 where refused), nice (19) or normal. Default idle.");

    private static readonly Setting _noAuth = new(
        "insecure-no-auth", SettingKind.Switch, "", "Let a listener beyond this machine go without authentication.");

    private static readonly Setting _noTls = new("insecure-no-tls", SettingKind.Switch, "", "Let a listener beyond this machine go without TLS.");

    private static readonly Setting _requestsMax = new(
        "requests-max", SettingKind.Number, "N", "Requests with one answer that are let in at once. Default 256.");

    private static readonly Setting _trainingMax = new(
        "training-max", SettingKind.Number, "N", "Streams of minibatches that are let in at once. Default 64.");

    private static readonly Setting _backfillsMax = new("backfills-max", SettingKind.Number, "N", "Backfills that are let in at once. Default 32.");

    private static readonly Setting _writeStall = new(
        "write-stall-seconds", SettingKind.Number, "N", "How long a stream waits for a caller that does not read. Default 60.");

    private static readonly Setting _drain = new(
        "drain-seconds", SettingKind.Number, "N", "How long an orderly stop waits for requests in flight. Default 15.");

    private static readonly Setting _verify = new(
        "verify",
        SettingKind.Text,
        "SHARE",
        "Share of the cells that are recomputed by the naive evaluator and compared, as 1% or 0.01, in at most a twentieth of the computing time; 100% is every cell, whatever it takes. Default 0.");

    private static readonly Setting _redis = new(
        "redis",
        SettingKind.Text,
        "ADDRESS",
        "Redis that keeps columns for all services: HOST:PORT, several with a comma between, and options as ssl=true; or env:NAME or file:PATH that holds the address, with a password. Default none.");

    private static readonly Setting _redisTimeout = new(
        "redis-timeout-milliseconds", SettingKind.Number, "N", "How long a batch of commands to Redis may take, after which the service computes. Default 100.");

    private static readonly Setting _cacheNamespace = new("cache-namespace", SettingKind.Text, "NAME", "What keys in Redis start with. Default features.");

    private static readonly Setting _cacheLifetime = new(
        "cache-lifetime-seconds", SettingKind.Number, "N", "How long Redis keeps an entry, give or take a tenth. Default 604800, a week.");

    private static readonly Setting _cacheValueMax = new(
        "cache-value-max", SettingKind.Text, "SIZE", "The largest entry, as 256KiB or 1MB; a larger one is not kept. Default 256KiB.");

    private static readonly Setting _cacheMemory = new(
        "cache-memory", SettingKind.Text, "SIZE", "Memory of the service for entries that were used lately, as 256MiB; 0 for none. Default 256MiB.");

    /// <summary>Every setting, in the order of help.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        _snapshot, _views, _aggregates, _listen, _health, _metrics, _otlp, _workers, _workerPolicy, _noAuth, _noTls, _requestsMax, _trainingMax, _backfillsMax,
        _writeStall, _drain, _redis, _redisTimeout, _cacheNamespace, _cacheLifetime, _cacheValueMax, _cacheMemory, _verify,
    ];

    /// <summary>The options that flags, environment and configuration file say, in this order of strength.</summary>
    /// <param name="flags">Values of flags that were given, by setting name.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="configPath">A JSON file of settings by name; null for none.</param>
    /// <returns>The options, not yet checked as a whole.</returns>
    /// <exception cref="ServiceOptionsException">Texts cannot be read; tells every one, and what else is wrong with the options.</exception>
    public static ServiceOptions Read(
        IReadOnlyDictionary<string, IReadOnlyList<string>> flags, Func<string, string?> variable, string? configPath)
    {
        var errors = new List<string>();
        var file = configPath is null ? null : ConfigFile.Read(configPath, errors);
        var values = new SettingValues(setting => flags.GetValueOrDefault(setting.Name)
            ?? OfVariable(setting, variable(setting.Variable))
            ?? file?.GetValueOrDefault(setting.Name));
        foreach (var setting in All.Where(s => s.Kind != SettingKind.Texts && values.Texts(s).Count > 1))
        {
            errors.Add($"{setting.Name}: given {values.Texts(setting).Count} times: expected one value");
        }

        var defaults = new ServiceOptions { Snapshots = [] };
        var options = defaults with
        {
            Listen = values.Text(_listen) ?? defaults.Listen,
            Health = values.Text(_health),
            Metrics = values.Text(_metrics),
            OtlpEndpoint = values.Text(_otlp) ?? (variable(OtlpVariable) is { Length: > 0 } endpoint ? endpoint : null),
            Snapshots = [.. values.Texts(_snapshot).Select(FolderOf)],
            Views = values.Text(_views),
            Aggregates = values.Texts(_aggregates),
            Workers = (int)(values.Whole(_workers, errors) ?? defaults.Workers),
            WorkerPolicy = PolicyOf(values.Text(_workerPolicy), errors) ?? defaults.WorkerPolicy,
            InsecureNoAuth = values.Switch(_noAuth, errors),
            InsecureNoTls = values.Switch(_noTls, errors),
            RequestsMax = (int)(values.Whole(_requestsMax, errors) ?? defaults.RequestsMax),
            TrainingMax = (int)(values.Whole(_trainingMax, errors) ?? defaults.TrainingMax),
            BackfillsMax = (int)(values.Whole(_backfillsMax, errors) ?? defaults.BackfillsMax),
            DrainMax = values.Seconds(_drain, errors) ?? defaults.DrainMax,
            Cache = defaults.Cache with
            {
                Redis = values.Text(_redis),
                CallMax = values.Whole(_redisTimeout, errors) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : defaults.Cache.CallMax,
                Namespace = values.Text(_cacheNamespace) ?? defaults.Cache.Namespace,
                Lifetime = values.Seconds(_cacheLifetime, errors) ?? defaults.Cache.Lifetime,
                ValueBytesMax = (int)Math.Min(values.Size(_cacheValueMax, errors) ?? defaults.Cache.ValueBytesMax, int.MaxValue),
                MemoryBytes = values.Size(_cacheMemory, errors) ?? defaults.Cache.MemoryBytes,
            },
            Verify = values.Share(_verify, errors) ?? defaults.Verify,
            Limits = new PipelineLimits { WriteStallMax = values.Seconds(_writeStall, errors) ?? defaults.Limits.WriteStallMax },
        };
        errors.AddRange(options.Errors());
        return errors.Count == 0 ? options : throw new ServiceOptionsException(errors);
    }

    private static IReadOnlyList<string>? OfVariable(Setting setting, string? value) => value switch
    {
        null or "" => null,
        _ when setting.Kind == SettingKind.Texts =>
            value.Split(VariableSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        _ => [value],
    };

    private static WorkerPolicy? PolicyOf(string? text, List<string> errors)
    {
        var policy = text is null ? null : WorkerPolicies.Named(text);
        if (text is not null && policy is null)
        {
            errors.Add($"{_workerPolicy.Name}: there is no policy '{text}': expected {string.Join(", ", WorkerPolicies.Labels)}");
        }

        return policy;
    }

    private static SnapshotFolder FolderOf(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0
            ? new SnapshotFolder(SnapshotRegistry.DefaultName, text)
            : new SnapshotFolder(text[..equals], text[(equals + 1)..]);
    }

    /// <summary>The texts of settings, read by kind.</summary>
    private sealed class SettingValues(Func<Setting, IReadOnlyList<string>?> find)
    {
        public IReadOnlyList<string> Texts(Setting setting) => find(setting) ?? [];

        public string? Text(Setting setting) => find(setting) is { Count: > 0 } values ? values[^1] : null;

        public long? Whole(Setting setting, List<string> errors)
        {
            if (Text(setting) is not { } text)
            {
                return null;
            }

            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            {
                return number;
            }

            errors.Add($"{setting.Name}: '{text}' is no number: expected a whole one");
            return null;
        }

        public long? Size(Setting setting, List<string> errors)
        {
            if (Text(setting) is not { } text)
            {
                return null;
            }

            if (SizeText.TryParse(text, out var bytes))
            {
                return bytes;
            }

            errors.Add($"{setting.Name}: '{text}' is no size: expected {SizeText.Expected}");
            return null;
        }

        public TimeSpan? Seconds(Setting setting, List<string> errors)
        {
            if (Text(setting) is not { } text)
            {
                return null;
            }

            if (double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
                && Math.Abs(seconds) < int.MaxValue)
            {
                return TimeSpan.FromSeconds(seconds);
            }

            errors.Add($"{setting.Name}: '{text}' is no number: expected seconds");
            return null;
        }

        public double? Share(Setting setting, List<string> errors)
        {
            if (Text(setting) is not { } text)
            {
                return null;
            }

            var isPercent = text.EndsWith('%');
            if (double.TryParse(isPercent ? text[..^1] : text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            {
                return isPercent ? number / 100 : number;
            }

            errors.Add($"{setting.Name}: '{text}' is no share: expected one as 1% or 0.01");
            return null;
        }

        public bool Switch(Setting setting, List<string> errors)
        {
            var text = Text(setting);
            if (text is not null && !bool.TryParse(text, out _))
            {
                errors.Add($"{setting.Name}: '{text}' is neither true nor false");
            }

            return text is not null && bool.TryParse(text, out var isOn) && isOn;
        }
    }
}
