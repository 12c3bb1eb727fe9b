using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace FeatureService.Hosting;

/// <summary>Where the service listens: a TCP address, a Unix socket, or inside its process alone.</summary>
public sealed class ListenAddress
{
    /// <summary>How a service that listens inside its process alone is called in messages; no text is read as it.</summary>
    internal const string InMemoryText = "in-memory";

    private const string UnixPrefix = "unix:";
    private const string HttpUnixPrefix = "http://unix:";

    /// <summary>Longest path of a Unix socket, as the kernel's address has 108 bytes with a closing zero.</summary>
    private const int UnixPathBytesMax = 107;

    private ListenAddress(IPEndPoint? tcp, string? unixPath)
    {
        Tcp = tcp;
        UnixPath = unixPath;
    }

    /// <summary>Where a service listens unless told otherwise.</summary>
    public const string Default = "http://127.0.0.1:5080";

    /// <summary>Inside the process alone: nothing outside reaches it.</summary>
    public static ListenAddress InMemory { get; } = new(null, null);

    /// <summary>The TCP address; port 0 means any free one. Null for others.</summary>
    public IPEndPoint? Tcp { get; }

    /// <summary>The socket's full path; null for others.</summary>
    public string? UnixPath { get; }

    /// <summary>Whether only this machine reaches it.</summary>
    public bool IsLocal => Tcp is null || IPAddress.IsLoopback(Tcp.Address);

    /// <summary>Reads <c>http://127.0.0.1:5080</c>, <c>http://localhost:5080</c>, <c>http://[::1]:5080</c>, <c>unix:/path</c> or <c>http://unix:/path</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="address">The address.</param>
    /// <param name="error">What is wrong and what was expected.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out ListenAddress? address, [NotNullWhen(false)] out string? error)
    {
        foreach (var prefix in (string[])[UnixPrefix, HttpUnixPrefix])
        {
            if (text.StartsWith(prefix, StringComparison.Ordinal))
            {
                return TryParseUnix(text[prefix.Length..], out address, out error);
            }
        }

        address = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.AbsolutePath != "/" || uri.Query.Length > 0)
        {
            error = $"'{text}' is no address: expected one as {Default} or unix:/path";
            return false;
        }

        if (uri.Scheme != Uri.UriSchemeHttp)
        {
            error = $"'{text}': {uri.Scheme} is not supported yet: expected http://ADDRESS:PORT or unix:/path";
            return false;
        }

        if (!TryParseHost(uri.Host, out var host))
        {
            error = $"'{text}': expected an IP address or localhost, not '{uri.Host}'";
            return false;
        }

        address = new ListenAddress(new IPEndPoint(host, uri.Port), null);
        error = null;
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => this switch
    {
        { Tcp: { } tcp } => string.Create(CultureInfo.InvariantCulture, $"http://{tcp}"),
        { UnixPath: { } path } => UnixPrefix + path,
        _ => InMemoryText,
    };

    private static bool TryParseHost(string host, [NotNullWhen(true)] out IPAddress? address)
    {
        if (host == "localhost")
        {
            address = IPAddress.Loopback;
            return true;
        }

        return IPAddress.TryParse(host.Trim('[', ']'), out address);
    }

    private static bool TryParseUnix(string path, [NotNullWhen(true)] out ListenAddress? address, [NotNullWhen(false)] out string? error)
    {
        address = null;
        error = null;
        if (path.Length == 0 || !Path.IsPathFullyQualified(path))
        {
            error = $"'{path}' is no path of a socket: expected a full path, as unix:/run/features.sock";
        }
        else if (!Socket.OSSupportsUnixDomainSockets)
        {
            error = "this system has no Unix sockets: expected a TCP address";
        }
        else if (System.Text.Encoding.UTF8.GetByteCount(path) > UnixPathBytesMax)
        {
            error = $"'{path}' is too long for a socket: expected at most {UnixPathBytesMax} bytes";
        }
        else
        {
            address = new ListenAddress(null, path);
        }

        return error is null;
    }
}
