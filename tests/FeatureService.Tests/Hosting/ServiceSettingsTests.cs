using FeatureService.Hosting;
using FeatureService.Scheduling;
using FeatureService.Testing;

namespace FeatureService.Tests.Hosting;

public sealed class ServiceSettingsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_flag_wins_over_the_environment_and_that_over_the_file()
    {
        var config = _folder.Write("c.json", $$"""{"workers": 3, "requests-max": 5, "backfills-max": 6, "snapshot": ["a={{_folder.Path}}"], "insecure-no-tls": true}""");
        var flags = Flags(("workers", ["1"]));
        var environment = new Dictionary<string, string> { ["FEATURES__WORKERS"] = "2", ["FEATURES__REQUESTS_MAX"] = "7" };

        var options = ServiceSettings.Read(flags, environment.GetValueOrDefault, config);

        Assert.Equal(1, options.Workers);
        Assert.Equal(7, options.RequestsMax);
        Assert.Equal(6, options.BackfillsMax);
        Assert.Equal([new SnapshotFolder("a", _folder.Path)], options.Snapshots);
        Assert.True(options.InsecureNoTls);
        Assert.False(options.InsecureNoAuth);
        Assert.Equal(ListenAddress.Default, options.Listen);
    }

    [Fact]
    public void Every_error_is_told_at_once()
    {
        var config = _folder.Write("c.json", """{"wokers": 3}""");
        var flags = Flags(
            ("workers", ["two"]), ("requests-max", ["0"]), ("insecure-no-auth", ["maybe"]), ("views", [_folder["none"]]),
            ("snapshot", ["x=" + _folder.Path, "x=" + _folder["gone"]]), ("listen", ["http://0.0.0.0:80"]));

        var error = Assert.Throws<ServiceOptionsException>(() => ServiceSettings.Read(flags, _ => null, config));

        string[] expected =
        [
            "there is no setting 'wokers', did you mean 'workers'?", "workers: 'two' is no number", "requests-max: 0 is out of range",
            "insecure-no-auth: 'maybe' is neither true nor false", "views: there is no directory", "snapshot: two are named 'x'",
            "snapshot: there is no directory", "is reached from beyond this machine",
        ];
        Assert.Equal(expected.Length, error.Errors.Count);
        Assert.All(expected, e => Assert.Contains(error.Errors, told => told.Contains(e, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_cache_is_read_with_sizes_and_an_address_from_a_file()
    {
        _folder.Write("redis", "cache:6379,password=tiger");
        var flags = Flags(
            ("snapshot", [_folder.Path]), ("redis", ["file:" + _folder["redis"]]), ("redis-timeout-milliseconds", ["250"]), ("cache-namespace", ["prod"]),
            ("cache-lifetime-seconds", ["3600"]), ("cache-value-max", ["64KiB"]), ("cache-memory", ["2GB"]));

        var cache = ServiceSettings.Read(flags, _ => null, null).Cache;

        Assert.Equal(("file:" + _folder["redis"], "prod"), (cache.Redis, cache.Namespace));
        Assert.Equal((250, 3600), (cache.CallMax.TotalMilliseconds, cache.Lifetime.TotalSeconds));
        Assert.Equal((64 << 10, 2_000_000_000), (cache.ValueBytesMax, cache.MemoryBytes));
        Assert.False(ServiceSettings.Read(Flags(("snapshot", [_folder.Path]), ("cache-memory", ["0"])), _ => null, null).Cache.IsOn);
    }

    [Fact]
    public void What_is_wrong_with_the_cache_is_told()
    {
        var flags = Flags(
            ("snapshot", [_folder.Path]), ("redis", ["cache:6379,password=tiger"]), ("redis-timeout-milliseconds", ["0"]), ("cache-namespace", ["a b"]),
            ("cache-lifetime-seconds", ["0"]), ("cache-value-max", ["1"]), ("cache-memory", ["much"]));

        var error = Assert.Throws<ServiceOptionsException>(() => ServiceSettings.Read(flags, _ => null, null));

        string[] expected =
        [
            "cache-memory: 'much' is no size: expected one as 256KiB, 64MB or 1GiB", "redis: a password in the address is seen by everyone",
            "redis-timeout-milliseconds: 0 is out of range", "cache-namespace: 'a b' cannot start keys", "cache-lifetime-seconds: 0 is out of range",
            "cache-value-max: 1 is out of range",
        ];
        Assert.Equal(expected.Length, error.Errors.Count);
        Assert.All(expected, e => Assert.Contains(error.Errors, told => told.Contains(e, StringComparison.Ordinal)));
        Assert.DoesNotContain(error.Errors, told => told.Contains("tiger", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("idle", WorkerPolicy.Idle)]
    [InlineData("nice", WorkerPolicy.Nice)]
    [InlineData("normal", WorkerPolicy.Normal)]
    [InlineData(null, WorkerPolicy.Idle)]
    public void The_policy_of_workers_is_read(string? text, WorkerPolicy expected)
    {
        var environment = new Dictionary<string, string?> { ["FEATURES__WORKER_POLICY"] = text };

        Assert.Equal(expected, ServiceSettings.Read(Flags(("snapshot", [_folder.Path])), environment.GetValueOrDefault, null).WorkerPolicy);
    }

    [Theory]
    [InlineData("batch")]
    [InlineData("Idle")]
    [InlineData("0")]
    [InlineData("")]
    public void A_policy_that_is_none_is_refused(string text)
    {
        var error = Assert.Throws<ServiceOptionsException>(
            () => ServiceSettings.Read(Flags(("snapshot", [_folder.Path]), ("worker-policy", [text])), _ => null, null));

        Assert.Equal([$"worker-policy: there is no policy '{text}': expected idle, nice, normal"], error.Errors);
    }

    [Theory]
    [InlineData("http://127.0.0.1:5080", "http://127.0.0.1:5080", true)]
    [InlineData("http://localhost:0", "http://127.0.0.1:0", true)]
    [InlineData("http://[::1]:90/", "http://[::1]:90", true)]
    [InlineData("http://10.0.0.1:90", "http://10.0.0.1:90", false)]
    [InlineData("http://0.0.0.0:90", "http://0.0.0.0:90", false)]
    [InlineData("unix:/run/f.sock", "unix:/run/f.sock", true)]
    [InlineData("http://unix:/run/f.sock", "unix:/run/f.sock", true)]
    public void An_address_is_read_and_known_to_be_local_or_not(string text, string expected, bool isLocal)
    {
        Assert.True(ListenAddress.TryParse(text, out var address, out _));
        Assert.Equal(expected, address.ToString());
        Assert.Equal(isLocal, address.IsLocal);
    }

    [Theory]
    [InlineData("", "is no address")]
    [InlineData("5080", "is no address")]
    [InlineData("http://127.0.0.1:5080/path", "is no address")]
    [InlineData("https://127.0.0.1:5080", "https is not supported yet")]
    [InlineData("http://*:5080", "is no address")]
    [InlineData("http://example.org:5080", "expected an IP address or localhost")]
    [InlineData("unix:relative", "expected a full path")]
    public void A_wrong_address_says_what_was_expected(string text, string expected)
    {
        Assert.False(ListenAddress.TryParse(text, out _, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, true)]
    public void A_listener_beyond_loopback_needs_both_waivers(bool noAuth, bool noTls, bool isAllowed)
    {
        var options = new ServiceOptions
        {
            Listen = "http://0.0.0.0:5080",
            Snapshots = [new SnapshotFolder("default", _folder.Path)],
            InsecureNoAuth = noAuth,
            InsecureNoTls = noTls,
        };

        Assert.Equal(isAllowed, options.Errors().Count == 0);
    }

    private static Dictionary<string, IReadOnlyList<string>> Flags(params (string Name, string[] Values)[] flags) =>
        flags.ToDictionary(f => f.Name, f => (IReadOnlyList<string>)f.Values);
}
