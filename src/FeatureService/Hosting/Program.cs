using System.Runtime.InteropServices;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Hosting;

/// <summary>The service's own executable: what a container runs. Exit codes: 0 stopped in order, 2 wrong options or views, 1 anything else.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        try
        {
            await ServiceProcess.RunAsync(ServiceArguments.Read(args, Environment.GetEnvironmentVariable), Console.Error, stop.Token)
                .ConfigureAwait(false);
            return 0;
        }
        catch (ServiceOptionsException exception)
        {
            foreach (var error in exception.Errors)
            {
                Console.Error.WriteLine(error);
            }

            return 2;
        }
        catch (Exception exception) when (exception is IOException or SnapshotDamagedException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }
}
