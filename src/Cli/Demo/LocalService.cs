using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FeatureService.Cli.CommandLine;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace FeatureService.Cli.Demo;

/// <summary>One <c>featurectl serve</c> as a process of its own, on a free port of the loopback interface.</summary>
internal sealed class LocalService : IAsyncDisposable
{
    private const int FirstPort = 22_000;
    private const int PortCount = 10_000;

    /// <summary>One that cannot start ends, and is told at once; one that lives is slow at most, as the machine is.</summary>
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan ReadyPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Longer than the 20 s in which a service ends by itself.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private static int s_ports = Random.Shared.Next(PortCount);

    private readonly Process _process;
    private readonly string _log;
    private readonly Task _copied;

    private LocalService(Process process, string url, string log)
    {
        _process = process;
        _log = log;
        Url = url;
        _copied = CopyOutputAsync(process, log);
    }

    /// <summary>The process's id.</summary>
    public int Id => _process.Id;

    /// <summary>Where it listens.</summary>
    public string Url { get; }

    /// <summary>Starts a service; it is not ready yet.</summary>
    /// <param name="program">The file to start, and the arguments that come before the verb.</param>
    /// <param name="snapshot">Folder of the snapshot.</param>
    /// <param name="views">Folder of the views.</param>
    /// <param name="log">File for what the process prints.</param>
    /// <param name="more">Arguments behind the others.</param>
    public static LocalService Start((string File, string[] Arguments) program, string snapshot, string views, string log, params string[] more)
    {
        var url = $"http://127.0.0.1:{FreePort()}";
        var start = new ProcessStartInfo(program.File) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[.. program.Arguments, "serve", "--snapshot", snapshot, "--views", views, "--listen", url, .. more])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start) ?? throw CliException.Failed($"{start.FileName} could not be started");
        return new LocalService(process, url, log);
    }

    /// <summary>Waits until the service says that it is serving.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="CliException">The process ended, or is not ready in time.</exception>
    public async Task WaitUntilReadyAsync(TimeProvider time, CancellationToken cancellation)
    {
        using var channel = GrpcChannel.ForAddress(Url);
        var health = new Health.HealthClient(channel);
        var started = time.GetTimestamp();
        while (!await IsServingAsync(health, cancellation).ConfigureAwait(false))
        {
            if (_process.HasExited)
            {
                await _copied.ConfigureAwait(false);
                throw CliException.Failed($"the service at {Url} ended with code {_process.ExitCode}; what it said is in {_log}");
            }

            if (time.GetElapsedTime(started) > ReadyTimeout)
            {
                throw CliException.Failed($"the service at {Url} is not ready after {ReadyTimeout.TotalSeconds} s; what it said is in {_log}");
            }

            await Task.Delay(ReadyPause, time, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Asks the process to end, and ends it if it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            ProcessSignals.Terminate(_process);
        }

        using var timeout = new CancellationTokenSource(StopTimeout);
        try
        {
            await _process.WaitForExitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }

        await _copied.ConfigureAwait(false);
        _process.Dispose();
    }

    /// <summary>
    /// A port of the loopback interface that nobody listened on a moment ago, each time another one. It is below those that systems give to
    /// connections, so that none of these takes it before the service listens, which on a busy machine is seconds later.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = FirstPort + (Interlocked.Increment(ref s_ports) % PortCount);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: the next one is tried.
            }
        }
    }

    private static async Task<bool> IsServingAsync(Health.HealthClient health, CancellationToken cancellation)
    {
        try
        {
            var answer = await health.CheckAsync(new HealthCheckRequest(), cancellationToken: cancellation).ConfigureAwait(false);
            return answer.Status == HealthCheckResponse.Types.ServingStatus.Serving;
        }
        catch (RpcException exception) when (exception.StatusCode is StatusCode.Unavailable)
        {
            return false;
        }
        catch (RpcException exception) when (exception.StatusCode is StatusCode.Cancelled && cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellation);
        }
    }

    private static async Task CopyOutputAsync(Process process, string log)
    {
        var writer = TextWriter.Synchronized(new StreamWriter(log) { AutoFlush = true });
        await using (writer.ConfigureAwait(false))
        {
            await Task.WhenAll(CopyLinesAsync(process.StandardOutput, writer), CopyLinesAsync(process.StandardError, writer))
                .ConfigureAwait(false);
        }
    }

    /// <summary>Copies whole lines, as many at once as there are: a service under load writes thousands a second.</summary>
    private static async Task CopyLinesAsync(StreamReader from, TextWriter to)
    {
        var buffer = new char[1 << 14];
        var length = 0;
        while (await from.ReadAsync(buffer.AsMemory(length)).ConfigureAwait(false) is > 0 and var read)
        {
            length += read;
            var lines = buffer.AsSpan(0, length).LastIndexOf('\n') + 1;
            lines = lines == 0 && length == buffer.Length ? length : lines;
            await to.WriteAsync(buffer.AsMemory(0, lines)).ConfigureAwait(false);
            buffer.AsSpan(lines, length - lines).CopyTo(buffer);
            length -= lines;
        }

        await to.WriteAsync(buffer.AsMemory(0, length)).ConfigureAwait(false);
    }
}
