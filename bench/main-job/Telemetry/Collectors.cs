using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace FeatureService.Bench.MainJob.Telemetry;

/// <summary>Who takes what services tell: a collector of OTLP that keeps nothing, and a reader of their metrics.</summary>
internal sealed class Collectors : IAsyncDisposable
{
    /// <summary>Prometheus asks every 15 s where it is told nothing else; this is often.</summary>
    private static readonly TimeSpan _scrapePeriod = TimeSpan.FromSeconds(1);

    private readonly WebApplication _otlp;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _scrapers = [];
    private long _exported;
    private long _scraped;

    private Collectors()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        _otlp = builder.Build();
        _otlp.Run(TakeAsync);
    }

    /// <summary>Where the collector listens.</summary>
    public string OtlpEndpoint => _otlp.Urls.Single();

    /// <summary>Bytes that services have sent over OTLP.</summary>
    public long ExportedBytes => Interlocked.Read(ref _exported);

    /// <summary>Bytes of metrics that were read.</summary>
    public long ScrapedBytes => Interlocked.Read(ref _scraped);

    /// <summary>Starts the collector.</summary>
    public static async Task<Collectors> StartAsync()
    {
        var collectors = new Collectors();
        await collectors._otlp.StartAsync().ConfigureAwait(false);
        return collectors;
    }

    /// <summary>Reads a service's metrics from now on.</summary>
    /// <param name="address">Its listener for metrics.</param>
    public void Scrape(string address) => _scrapers.Add(ScrapeAsync($"{address}/metrics"));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_scrapers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _otlp.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task ScrapeAsync(string url)
    {
        using var http = new HttpClient();
        using var timer = new PeriodicTimer(_scrapePeriod);
        while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
        {
            Interlocked.Add(ref _scraped, (await http.GetByteArrayAsync(url, _stop.Token).ConfigureAwait(false)).Length);
        }
    }

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body).ConfigureAwait(false);
        Interlocked.Add(ref _exported, body.Length);
        http.Response.ContentType = "application/grpc";
        // An empty message: not compressed, of no bytes.
        await http.Response.Body.WriteAsync(new byte[5]).ConfigureAwait(false);
        http.Response.AppendTrailer("grpc-status", "0");
    }
}
