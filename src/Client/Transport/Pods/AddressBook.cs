using System.Net;
using System.Net.Sockets;
using Grpc.Core;

namespace FeatureService.Client.Transport.Pods;

/// <summary>
/// The addresses that a list of endpoints leads to: those that are given as they are, and all of each name, which is looked up again and
/// again. A look-up that fails or finds nothing leaves a name's last addresses in place: a resolver that is down takes no pod away.
/// </summary>
/// <param name="options">The endpoints and how names are looked up.</param>
internal sealed class AddressBook(FeatureServiceClientOptions options)
{
    private const string Prefix = "dns:///";

    /// <summary>Failures of pods have names looked up again, but no sooner than this after the last time.</summary>
    private static readonly TimeSpan IntervalMin = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, IReadOnlyList<string>> _found = [];
    private readonly bool _hasNames = options.Endpoints.Any(IsName);
    private Task<IReadOnlyList<string>>? _running;
    private DateTimeOffset _last = DateTimeOffset.MinValue;
    private DateTimeOffset _due = DateTimeOffset.MinValue;

    /// <summary>Whether an endpoint is a name for several addresses.</summary>
    public static bool IsName(string endpoint) => endpoint.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Checks an endpoint that is a name.</summary>
    /// <exception cref="ArgumentException">It is not <c>dns:///NAME:PORT</c>.</exception>
    public static (string Name, int Port) Parse(string endpoint) =>
        Uri.TryCreate("http://" + endpoint[Prefix.Length..], UriKind.Absolute, out var uri) && uri.AbsolutePath == "/" && !uri.IsDefaultPort
        && uri.Host.Length > 0
            ? (uri.Host, uri.Port)
            : throw new ArgumentException($"'{endpoint}' is no name of services: expected dns:///NAME:PORT");

    /// <summary>How long until names are due to be looked up; null where there are none.</summary>
    public TimeSpan? UntilDue()
    {
        lock (_lock)
        {
            return _hasNames && _running is null ? Later(_due - options.Time.GetUtcNow(), TimeSpan.Zero) : null;
        }
    }

    /// <summary>Whether nothing has been looked up for so long that what is known says little.</summary>
    public bool IsStale()
    {
        lock (_lock)
        {
            return _hasNames && options.Time.GetUtcNow() - _last > 3 * options.ResolveInterval;
        }
    }

    /// <summary>A pod has failed: perhaps its name leads elsewhere by now.</summary>
    public void Doubt()
    {
        lock (_lock)
        {
            var soon = _last + IntervalMin;
            _due = soon < _due ? soon : _due;
        }
    }

    /// <summary>Looks all names up, once for all who ask at the same time.</summary>
    /// <returns>The addresses that there are.</returns>
    /// <exception cref="FeatureServiceException">A name has never been found, and no other endpoint is given.</exception>
    public Task<IReadOnlyList<string>> ResolveAsync()
    {
        lock (_lock)
        {
            if (_running is { IsCompleted: false } running)
            {
                return running;
            }

            // A run that is over at once has cleared the field before it is set here.
            var started = RunAsync();
            _running = started.IsCompleted ? null : started;
            return started;
        }
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private async Task<IReadOnlyList<string>> RunAsync()
    {
        var failures = new List<Exception>();
        foreach (var name in options.Endpoints.Where(IsName).Distinct(StringComparer.Ordinal))
        {
            try
            {
                await LookUpAsync(name).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is SocketException or OperationCanceledException or IOException)
            {
                failures.Add(new FeatureServiceException(StatusCode.Unavailable, $"{name} is not found: {failure.Message}", failure) { IsUnsent = true });
            }
        }

        lock (_lock)
        {
            _running = null;
            _last = options.Time.GetUtcNow();
            _due = _last + options.ResolveInterval;
            var all = options.Endpoints.SelectMany(endpoint => IsName(endpoint) ? _found.GetValueOrDefault(endpoint) ?? [] : [endpoint])
                .Distinct(StringComparer.Ordinal).ToArray();
            return all.Length == 0 && failures.Count > 0 ? throw failures[0] : all;
        }
    }

    private async Task LookUpAsync(string endpoint)
    {
        var (name, port) = Parse(endpoint);
        using var limit = new CancellationTokenSource(options.ConnectTimeout, options.Time);
        var addresses = options.Resolve is { } resolve
            ? await resolve(name, limit.Token).ConfigureAwait(false)
            : await Dns.GetHostAddressesAsync(name, limit.Token).ConfigureAwait(false);
        if (addresses.Count > 0)
        {
            lock (_lock)
            {
                _found[endpoint] = [.. addresses.Select(address => $"http://{new IPEndPoint(address, port)}").Order(StringComparer.Ordinal)];
            }
        }
        else if (!_found.ContainsKey(endpoint))
        {
            throw new IOException("the name has no address");
        }
    }
}
