using System.CommandLine;
using FeatureService.Client.Transport;

namespace FeatureService.Cli.CommandLine;

/// <summary>Where a verb finds the service: <c>--server URL</c> (repeatable).</summary>
internal sealed class ServiceOptions
{
    /// <summary>Where a service listens unless it is told otherwise.</summary>
    public const string DefaultServer = "http://127.0.0.1:5080";

    private readonly Option<string[]> _server = new("--server")
    {
        Description = $"Address of a service process, http://HOST:PORT or unix:/PATH; may be repeated. Default: {DefaultServer}",
        HelpName = "URL",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>Declares the options.</summary>
    public void AddTo(Command command) => command.Options.Add(_server);

    /// <summary>Whether the caller has said anything.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetResult(_server) is not null;

    /// <summary>Opens a session with the service.</summary>
    public Task<ServiceSession> OpenAsync(ParseResult parsed, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var servers = parsed.GetValue(_server) is { Length: > 0 } given ? given : [DefaultServer];
        try
        {
            return Task.FromResult(new ServiceSession(new FeatureServiceClient(servers)));
        }
        catch (ArgumentException exception)
        {
            throw CliException.BadInput($"--server: {exception.Message}");
        }
    }
}

/// <summary>A client, and what was started for it.</summary>
/// <param name="client">The client.</param>
internal sealed class ServiceSession(FeatureServiceClient client) : IAsyncDisposable
{
    /// <summary>The client.</summary>
    public FeatureServiceClient Client { get; } = client;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Client.Dispose();
        return ValueTask.CompletedTask;
    }
}
