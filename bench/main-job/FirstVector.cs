using System.Diagnostics;
using System.Net.Sockets;
using FeatureService.Cli.Demo;
using FeatureService.Contracts.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace FeatureService.Bench.MainJob;

/// <summary>How long a service takes from the start of its process to the first vector that a caller has.</summary>
internal static class FirstVector
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>Starts a service, asks it for all features of one user and week until it answers, and ends it.</summary>
    /// <param name="work">The work, whose snapshot is built.</param>
    /// <returns>Seconds.</returns>
    /// <exception cref="TimeoutException">It does not answer.</exception>
    public static async Task<double> SecondsAsync(Work work)
    {
        var request = new GetFeatureVectorsRequest
        {
            View = new ViewSelector { Name = Work.View },
            Grid = new Grid { Weeks = new WeekRange { First = $"{work.Taxi.LastWeek:yyyy-MM-dd}" }, Keys = new EntityKeys { Int64Keys = { work.Taxi.Users } } },
        };
        var started = Stopwatch.GetTimestamp();
        await using var service = LocalService.Start((Ours.Featurectl, []), work.Snapshot, work.Views, Path.Combine(work.Folder, "service-first.log"));
        await TryAsync(started, () => ConnectAsync(new Uri(service.Url))).ConfigureAwait(false);
        using var channel = GrpcChannel.ForAddress(service.Url);
        var vectors = new FeatureVectorsService.FeatureVectorsServiceClient(channel);
        await TryAsync(started, async () => await vectors.GetFeatureVectorsAsync(request)).ConfigureAwait(false);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>A channel that was refused waits before it tries again, which is no time of the service's.</summary>
    private static async Task ConnectAsync(Uri url)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(url.Host, url.Port).ConfigureAwait(false);
    }

    private static async Task TryAsync(long started, Func<Task> call)
    {
        while (true)
        {
            try
            {
                await call().ConfigureAwait(false);
                return;
            }
            catch (Exception error) when (error is SocketException or RpcException { StatusCode: StatusCode.Unavailable })
            {
                if (Stopwatch.GetElapsedTime(started) > Timeout)
                {
                    throw new TimeoutException($"a service gave no vector within {Timeout.TotalSeconds} s", error);
                }

                await Task.Delay(Pause).ConfigureAwait(false);
            }
        }
    }
}
