using System.Net;
using StackExchange.Redis;

namespace FeatureService.Caching;

/// <summary>Reads addresses of Redis. A password is never taken from a command line: only from a variable or a file that holds the address.</summary>
internal static class RedisAddress
{
    private const string OfVariable = "env:";
    private const string OfFile = "file:";

    /// <summary>The settings of a connection; every call, and every wait for one, is bounded.</summary>
    /// <param name="address">The address as options say it.</param>
    /// <param name="callMax">How long a batch may take.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="error">What is wrong, without any secret; null where nothing is.</param>
    public static bool TryRead(string address, TimeSpan callMax, out ConfigurationOptions settings, out string? error)
    {
        settings = new ConfigurationOptions();
        if (TextOf(address, out error) is not { } text)
        {
            return false;
        }

        var isSecret = text != address;
        try
        {
            settings = ConfigurationOptions.Parse(text, ignoreUnknown: false);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            // The message may quote the text.
            error = NoAddress(address, isSecret);
            return false;
        }

        if (settings.EndPoints.OfType<DnsEndPoint>().Any(server => server.Host.AsSpan().ContainsAny('@', '/')))
        {
            // A URL, which would be looked up whole as the name of a host.
            error = NoAddress(address, isSecret);
            return false;
        }

        if (settings.EndPoints.Count == 0)
        {
            error = $"{Shown(address, isSecret)} names no server: expected HOST:PORT";
            return false;
        }

        if (settings.Proxy != Proxy.None && settings.DefaultDatabase is > 0)
        {
            error = $"{(isSecret ? address : $"'{address}'")}: a proxy leads to database 0 alone: expected no defaultDatabase";
            return false;
        }

        if (!isSecret && settings.Password is not null)
        {
            error = "a password in the address is seen by everyone who lists processes: expected env:NAME or file:PATH that holds the address";
            return false;
        }

        var milliseconds = Math.Max(1, (int)callMax.TotalMilliseconds);
        settings.AbortOnConnectFail = false;
        settings.AsyncTimeout = milliseconds;
        settings.SyncTimeout = milliseconds;
        settings.ConnectTimeout = 2_000;
        settings.ConnectRetry = 1;
        settings.KeepAlive = 10;
        // Which server is the primary is asked so often: at the library's minute a promoted replica got no writes for 60 s.
        settings.ConfigCheckSeconds = 3;
        // Time-outs are noticed at heartbeats: at the library's second a time-out of 50 ms took 955 to 993 ms, at 100 ms 54 to 95 ms.
        settings.HeartbeatInterval = TimeSpan.FromMilliseconds(100);
        settings.BacklogPolicy = BacklogPolicy.FailFast;
        settings.ReconnectRetryPolicy = new ExponentialRetry(250, 2_000);
        settings.ClientName = "feature-service";
        return true;
    }

    private static string NoAddress(string address, bool isSecret) =>
        $"{Shown(address, isSecret)} {(isSecret ? "holds" : "is")} no address of Redis: expected HOST:PORT, several with a comma between, and options as ssl=true";

    /// <summary>A password may be an option whose name is mistyped, or stand before an @.</summary>
    private static string Shown(string address, bool isSecret) =>
        isSecret ? address : address.AsSpan().ContainsAny('=', '@') ? "this" : $"'{address}'";

    private static string? TextOf(string address, out string? error)
    {
        error = null;
        if (address.StartsWith(OfVariable, StringComparison.Ordinal))
        {
            var text = Environment.GetEnvironmentVariable(address[OfVariable.Length..]);
            error = string.IsNullOrWhiteSpace(text) ? $"the variable {address[OfVariable.Length..]} is not set: expected an address of Redis in it" : null;
            return error is null ? text!.Trim() : null;
        }

        if (!address.StartsWith(OfFile, StringComparison.Ordinal))
        {
            return address;
        }

        try
        {
            return File.ReadAllText(address[OfFile.Length..]).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            error = $"{address[OfFile.Length..]} cannot be read: expected a file with an address of Redis ({exception.Message})";
            return null;
        }
    }
}
