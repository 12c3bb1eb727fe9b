using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace FeatureService.Tests.Support;

/// <summary>Takes what is exported to it over OTLP's gRPC, and keeps the bytes.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _received = new();

    private OtlpCollector()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        _app = builder.Build();
        _app.Run(ReceiveAsync);
    }

    public string Address => _app.Urls.Single();

    /// <summary>All bytes that came for a service of OTLP's, as <c>trace.v1.TraceService</c>.</summary>
    public byte[] BytesOf(string service) =>
        [.. _received.Where(r => r.Path == $"/opentelemetry.proto.collector.{service}/Export").SelectMany(r => r.Body)];

    public static async Task<OtlpCollector> StartAsync()
    {
        var collector = new OtlpCollector();
        await collector._app.StartAsync(TestContext.Current.CancellationToken);
        return collector;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        _received.Enqueue((http.Request.Path, body.ToArray()));
        http.Response.ContentType = "application/grpc";
        // An empty message: not compressed, of no bytes.
        await http.Response.Body.WriteAsync(new byte[5]);
        http.Response.AppendTrailer("grpc-status", "0");
    }
}
