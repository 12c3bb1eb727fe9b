using System.CommandLine;
using FeatureService.Client.Transport;

namespace FeatureService.Cli.CommandLine;

/// <summary>
/// Where a verb finds the service: <c>--server URL</c> (repeatable), or <c>--snapshot DIR [--views DIR]</c>, with which the service runs
/// inside the command.
/// </summary>
internal sealed class ServerOptions
{
    /// <summary>Where a service listens unless it is told otherwise.</summary>
    public const string DefaultServer = "http://127.0.0.1:5080";

    /// <summary>Environment variable with addresses, for where neither <c>--server</c> nor <c>--snapshot</c> is given.</summary>
    public const string ServerVariable = "FEATURES__SERVER";

    /// <summary>What an address may be.</summary>
    public const string AddressText =
        "Address of a service process, http://HOST:PORT or unix:/PATH, or of all that a name leads to, dns:///NAME:PORT; may be repeated.";

    private readonly Option<string[]> _server = new("--server")
    {
        Description = $"{AddressText} Default: {ServerVariable} (several with ';' between), else {DefaultServer}",
        HelpName = "URL",
    };

    private readonly Option<string> _snapshot = new("--snapshot")
    {
        Description = "A snapshot's folder: the service runs inside this command.",
        HelpName = "DIR",
    };

    private readonly Option<string> _views = new("--views") { Description = "With --snapshot: the folder of published views.", HelpName = "DIR" };

    private readonly Option<string> _snapshotName = new("--snapshot-name")
    {
        Description = "The snapshot of a server, by its name. Default: its only one, or the one that is named default",
        HelpName = "NAME",
    };

    private readonly Option<string> _snapshotId = new("--snapshot-id")
    {
        Description = "An earlier snapshot, by its id, as a dataset's manifest tells it: the folder has it until it is removed there. Default: the current one",
        HelpName = "ID",
    };

    private readonly Option<int> _outageTimeout = new("--outage-timeout")
    {
        Description = "How long a build waits while no server answers, before it stops to be resumed. Default: 30",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 30,
    };

    private readonly Option<int> _connections = new("--connections")
    {
        Description = "Connections to each address: more than one for a balancer that hides several services behind it.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    /// <summary>Declares the options of a build, which outlives servers.</summary>
    public void AddToBuild(Command command)
    {
        AddTo(command);
        command.Options.Add(_outageTimeout);
        command.Options.Add(_connections);
        _connections.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 100)
            {
                result.AddError("--connections: expected a whole number from 1 to 100");
            }
        });
        _outageTimeout.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError("--outage-timeout: expected whole seconds, from 1");
            }
        });
    }

    /// <summary>Declares the options.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_server);
        command.Options.Add(_snapshot);
        command.Options.Add(_views);
        command.Options.Add(_snapshotName);
        command.Options.Add(_snapshotId);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_server) is not null && result.GetResult(_snapshot) is not null)
            {
                result.AddError("expected at most one of --server URL and --snapshot DIR");
            }

            if (result.GetResult(_views) is not null && result.GetResult(_snapshot) is null)
            {
                result.AddError("--views DIR goes with --snapshot DIR: a server has its own views");
            }

            if (result.GetResult(_snapshotName) is not null && result.GetResult(_snapshot) is not null)
            {
                result.AddError("--snapshot-name NAME goes with --server URL: --snapshot DIR says which");
            }
        });
    }

    /// <summary>Opens a session with the service, which is started where it runs inside the command.</summary>
    /// <param name="parsed">The arguments.</param>
    /// <param name="cancellation">Ends the start.</param>
    /// <exception cref="CliException">An address or a folder is wrong.</exception>
    public async Task<ServiceSession> OpenAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var reference = new SnapshotReference(parsed.GetValue(_snapshotName), parsed.GetValue(_snapshotId));
        if (parsed.GetValue(_snapshot) is { } folder)
        {
            return await ServiceSession.StartAsync(folder, parsed.GetValue(_views), reference, cancellation).ConfigureAwait(false);
        }

        var (origin, servers) = Addresses(parsed.GetValue(_server), Environment.GetEnvironmentVariable(ServerVariable));
        try
        {
            var timeout = parsed.GetResult(_outageTimeout) is null ? 30 : parsed.GetValue(_outageTimeout);
            return new ServiceSession(new FeatureServiceClient(new FeatureServiceClientOptions
            {
                Endpoints = servers,
                OutageTimeout = TimeSpan.FromSeconds(timeout),
                ConnectionsPerEndpoint = parsed.GetResult(_connections) is null ? 1 : parsed.GetValue(_connections),
            }), reference);
        }
        catch (ArgumentException exception)
        {
            throw CliException.BadInput($"{origin}: {exception.Message}");
        }
    }

    /// <summary>The addresses that flags, environment and default say, in this order of strength, and which of them said it.</summary>
    /// <param name="flags">Values of <c>--server</c>.</param>
    /// <param name="variable">Value of <see cref="ServerVariable"/>; null where it is unset.</param>
    internal static (string Origin, IReadOnlyList<string> Servers) Addresses(string[]? flags, string? variable)
    {
        if (flags is { Length: > 0 })
        {
            return ("--server", flags);
        }

        var servers = variable?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        return servers.Length > 0 ? (ServerVariable, servers) : ("--server", [DefaultServer]);
    }
}
