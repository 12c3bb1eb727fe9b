using System.Net;
using FeatureService.Hosting.InMemory;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FeatureService.Hosting;

/// <summary>What a listener is for.</summary>
internal enum ListenerRole
{
    /// <summary>The service's API, health and reflection, over HTTP/2.</summary>
    Api,

    /// <summary>Health alone, over HTTP/2.</summary>
    Health,

    /// <summary>Metrics as Prometheus reads them, over HTTP/1.1.</summary>
    Metrics,
}

/// <summary>The listeners of a service. Each answers what it is for and nothing else, by the connection, never by what a caller writes.</summary>
/// <param name="Api">The service's API.</param>
/// <param name="Health">Health; null for none of its own.</param>
/// <param name="Metrics">Metrics; null for none.</param>
internal sealed record Listeners(ListenAddress Api, ListenAddress? Health, ListenAddress? Metrics)
{
    private const string HealthPath = "/grpc.health.v1.Health";

    /// <summary>The listeners that there are; they are bound in this order.</summary>
    public IEnumerable<(ListenerRole Role, ListenAddress Address)> All
    {
        get
        {
            yield return (ListenerRole.Api, Api);
            if (Health is not null)
            {
                yield return (ListenerRole.Health, Health);
            }

            if (Metrics is not null)
            {
                yield return (ListenerRole.Metrics, Metrics);
            }
        }
    }

    /// <summary>Adds the listeners to the server.</summary>
    public void Configure(KestrelServerOptions kestrel)
    {
        foreach (var (role, address) in All)
        {
            if (address.UnixPath is { } path)
            {
                kestrel.ListenUnixSocket(path, endpoint => Configure(endpoint, role));
            }
            else
            {
                kestrel.Listen(address.Tcp ?? (EndPoint)InMemoryEndPoint.Instance, endpoint => Configure(endpoint, role));
            }
        }
    }

    /// <summary>Lets requests through to what their listener is for.</summary>
    public void Use(WebApplication app)
    {
        if (Metrics is not null)
        {
            app.MapWhen(
                http => RoleOf(http) == ListenerRole.Metrics, metrics => metrics.UseOpenTelemetryPrometheusScrapingEndpoint().Run(NotFoundAsync));
        }

        if (Health is not null)
        {
            app.MapWhen(http => RoleOf(http) == ListenerRole.Health && !http.Request.Path.StartsWithSegments(HealthPath), other => other.Run(NotFoundAsync));
        }
    }

    private static Task NotFoundAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static ListenerRole RoleOf(HttpContext http) => http.Features.GetRequiredFeature<RoleFeature>().Role;

    private static void Configure(ListenOptions endpoint, ListenerRole role)
    {
        var feature = new RoleFeature(role);
        endpoint.Protocols = role == ListenerRole.Metrics ? HttpProtocols.Http1 : HttpProtocols.Http2;
        endpoint.Use(next => connection =>
        {
            connection.Features.Set(feature);
            return next(connection);
        });
    }

    private sealed record RoleFeature(ListenerRole Role);
}
