namespace FeatureService.EndToEnd.Tests.Soak;

/// <summary>Three pods at fixed addresses, each of which can be killed and started again.</summary>
internal sealed class ServiceFleet(TaxiWorld world, params string[] more) : IDisposable
{
    private readonly ServiceProcess?[] _pods = new ServiceProcess?[3];

    public IReadOnlyList<string> Addresses { get; } = [.. Enumerable.Range(0, 3).Select(_ => ServiceProcess.NewAddress())];

    public int Count => _pods.Length;

    /// <summary>Options of pods that are started from now on.</summary>
    public IReadOnlyList<string> More { get; set; } = more;

    /// <summary>Starts the pods that do not run.</summary>
    public async Task EnsureAsync()
    {
        for (var i = 0; i < Count; i++)
        {
            if (_pods[i] is null or { HasExited: true })
            {
                await StartAsync(i);
            }
        }
    }

    public async Task StartAsync(int pod)
    {
        _pods[pod]?.Dispose();
        _pods[pod] = await ServiceProcess.StartAtAsync(Addresses[pod], world.Snapshot, world.Views, [.. More]);
    }

    /// <summary>SIGKILL.</summary>
    public void Kill(int pod)
    {
        _pods[pod]?.Dispose();
        _pods[pod] = null;
    }

    /// <summary>SIGSTOP.</summary>
    public void Hold(int pod) => _pods[pod]!.Hold();

    /// <summary>SIGCONT.</summary>
    public void GoOn(int pod) => _pods[pod]!.GoOn();

    /// <summary>SIGTERM; ends when the pod has ended, which must be in order.</summary>
    public async Task DrainAsync(int pod)
    {
        _pods[pod]!.Terminate();
        var ended = await _pods[pod]!.WaitAsync();
        Assert.True(ended.ExitCode == 0, ended.ToString());
    }

    public void Dispose() => Array.ForEach(_pods, pod => pod?.Dispose());
}
