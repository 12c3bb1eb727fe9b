using FeatureService.Telemetry;

namespace FeatureService.Hosting;

/// <summary>Runs a service as a process does: until it is told to stop, with its log on stderr.</summary>
public static class ServiceProcess
{
    /// <summary>Starts the service, waits, and stops it in order.</summary>
    /// <param name="options">The options.</param>
    /// <param name="error">Where the process tells that it listens and stops.</param>
    /// <param name="stop">Cancelled when the process is told to stop.</param>
    /// <exception cref="ServiceOptionsException">The service cannot start so; tells every error.</exception>
    public static async Task RunAsync(ServiceOptions options, TextWriter error, CancellationToken stop)
    {
        await using var host = await FeatureServiceHost.StartAsync(options with { Logging = logging => LogToStderr(logging, options.Time) }, stop).ConfigureAwait(false);
        await error.WriteLineAsync($"listening on {host.Address}").ConfigureAwait(false);
        await TellAsync(error, "health on", host.HealthAddress).ConfigureAwait(false);
        await TellAsync(error, "metrics on", host.MetricsAddress).ConfigureAwait(false);
        await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await error.WriteLineAsync("stopping: requests in flight are finished first").ConfigureAwait(false);
        await host.StopAsync().ConfigureAwait(false);
        await error.WriteLineAsync("stopped").ConfigureAwait(false);
    }

    private static Task TellAsync(TextWriter error, string what, string? address) =>
        address is null ? Task.CompletedTask : error.WriteLineAsync($"{what} {address}");

    private static void LogToStderr(ILoggingBuilder logging, TimeProvider time)
    {
        Choose(logging);
        logging.Services.AddSingleton<ILoggerProvider>(_ => new LineLog(Console.OpenStandardError(), time));
    }

    /// <summary>Chooses what is worth a line.</summary>
    internal static void Choose(ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(LogLevel.Warning);
        // That Redis is back is worth as much as that it is gone.
        logging.AddFilter(typeof(Caching.RedisWatch).FullName, LogLevel.Information);
        // It repeats, with its stack trace, what ends the start; the process tells that in one line.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        // One line a request.
        logging.AddFilter(typeof(Edge.RequestInterceptor).FullName, LogLevel.Information);
        // It says nothing, and makes a span for every call where its log is on; a tracer gets them in any case.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
    }
}
