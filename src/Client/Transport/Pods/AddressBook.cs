using System.Net;
using System.Net.Sockets;
using Grpc.Core;

namespace FeatureService.Client.Transport.Pods;

/// <summary>
/// The addresses that a list of endpoints leads to: those that are given as they are, and all of each name, which is looked up again and
/// again. A look-up that fails or finds nothing leaves a name's last addresses in place: a resolver that is down takes no pod away.
/// </summary>
internal sealed class AddressBook
{
    private const string Prefix = "dns:///";

    /// <summary>Failures of pods have names looked up again, but no sooner than this after the last time.</summary>
    private static readonly TimeSpan IntervalMin = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, IReadOnlyList<string>> _found = [];
    private readonly FeatureServiceClientOptions _options;
    private readonly bool _hasNames;
    private readonly SharedCall<IReadOnlyList<string>> _lookUp;
    private bool _isRunning;
    private DateTimeOffset _last = DateTimeOffset.MinValue;
    private DateTimeOffset _due = DateTimeOffset.MinValue;

    /// <summary>A book without addresses.</summary>
    /// <param name="options">The endpoints and how names are looked up.</param>
    public AddressBook(FeatureServiceClientOptions options)
    {
        _options = options;
        _hasNames = options.Endpoints.Any(IsName);
        _lookUp = new SharedCall<IReadOnlyList<string>>(RunAsync);
    }

    /// <summary>Whether an endpoint is a name for several addresses.</summary>
    public static bool IsName(string endpoint) => endpoint.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Checks an endpoint that is a name.</summary>
    /// <exception cref="ArgumentException">It is not <c>dns:///NAME:PORT</c>.</exception>
    public static (string Name, int Port) Parse(string endpoint) =>
        // A scheme of which nobody knows a port, so that the port must be written.
        Uri.TryCreate("pods://" + endpoint[Prefix.Length..], UriKind.Absolute, out var uri) && uri.AbsolutePath == "/" && uri.Port > 0
        && uri.Host.Length > 0
            ? (uri.Host, uri.Port)
            : throw new ArgumentException($"'{endpoint}' is no name of services: expected dns:///NAME:PORT");

    /// <summary>How long until names are due to be looked up; null where there are none.</summary>
    public TimeSpan? UntilDue()
    {
        lock (_lock)
        {
            return _hasNames && !_isRunning ? Later(_due - _options.Time.GetUtcNow(), TimeSpan.Zero) : null;
        }
    }

    /// <summary>Whether nothing has been looked up for so long that what is known says little.</summary>
    public bool IsStale()
    {
        lock (_lock)
        {
            return _hasNames && _options.Time.GetUtcNow() - _last > 3 * _options.ResolveInterval;
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
            _isRunning = true;
        }

        return _lookUp.RunAsync();
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private async Task<IReadOnlyList<string>> RunAsync()
    {
        var failures = new List<Exception>();
        foreach (var name in _options.Endpoints.Where(IsName).Distinct(StringComparer.Ordinal))
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
            _isRunning = false;
            _last = _options.Time.GetUtcNow();
            _due = _last + _options.ResolveInterval;
            var all = _options.Endpoints.SelectMany(endpoint => IsName(endpoint) ? _found.GetValueOrDefault(endpoint) ?? [] : [endpoint])
                .Distinct(StringComparer.Ordinal).ToArray();
            return all.Length == 0 && failures.Count > 0 ? throw failures[0] : all;
        }
    }

    private async Task LookUpAsync(string endpoint)
    {
        var (name, port) = Parse(endpoint);
        using var limit = new CancellationTokenSource(_options.ConnectTimeout, _options.Time);
        var addresses = _options.Resolve is { } resolve
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
