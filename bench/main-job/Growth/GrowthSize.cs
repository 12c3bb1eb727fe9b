using System.Diagnostics;
using FeatureService.Cli.Demo;

namespace FeatureService.Bench.MainJob.Growth;

/// <summary>The main job for one number of users.</summary>
/// <param name="work">The work.</param>
/// <param name="buildMemory">The snapshot build's <c>--memory</c>; null for its default.</param>
internal sealed class GrowthSize(Work work, string? buildMemory) : IAsyncDisposable
{
    private readonly List<LocalService> _services = [];

    /// <summary>The work.</summary>
    public Work Work => work;

    /// <summary>Number of events.</summary>
    public long Events { get; private set; }

    /// <summary>Seconds in which the events were made and written.</summary>
    public double GenerateSeconds { get; private set; }

    /// <summary>Bytes of the events' files.</summary>
    public long EventBytes { get; private set; }

    /// <summary>Bytes of the snapshot.</summary>
    public long SnapshotBytes { get; private set; }

    /// <summary>Bytes of the dataset.</summary>
    public long DatasetBytes { get; private set; }

    /// <summary>The snapshot build.</summary>
    public Measurement? Build { get; private set; }

    /// <summary>Datasets over two services.</summary>
    public Contestant? Dataset { get; private set; }

    /// <summary>Writes events, builds the snapshot, starts two services.</summary>
    public async Task PrepareAsync()
    {
        Directory.CreateDirectory(work.Folder);
        var started = Stopwatch.GetTimestamp();
        Events = work.Generate();
        GenerateSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        EventBytes = BytesOf(work.Folder);
        Build = await Measurement.OfCommandAsync(Ours.Featurectl, Ours.BuildArguments(work, work.Snapshot, buildMemory)).ConfigureAwait(false);
        SnapshotBytes = BytesOf(work.Snapshot);
        Console.Error.WriteLine(FormattableString.Invariant($"{work.Taxi.Users:N0} users: {Events:N0} events made in {GenerateSeconds:F1} s, snapshot built in {Build.WallSeconds:F1} s"));
        for (var number = 1; number <= 2; number++)
        {
            _services.Add(LocalService.Start((Ours.Featurectl, []), work.Snapshot, work.Views, Path.Combine(work.Folder, $"service-{number}.log")));
        }

        foreach (var service in _services)
        {
            await service.WaitUntilReadyAsync(TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
        }

        Dataset = Ours.OverTcp(work, DatasetForm.Zstd, _services[0], _services[1]) with { Name = FormattableString.Invariant($"{work.Taxi.Users:N0} users") };
    }

    /// <summary>Builds the dataset once, and checks that it has every row.</summary>
    /// <exception cref="InvalidDataException">It has not.</exception>
    public async Task RunAsync()
    {
        await Dataset!.RunAsync(work).ConfigureAwait(false);
        DatasetBytes = BytesOf(Dataset.Output);
        var rows = DatasetRows.Count(Dataset.Output);
        if (rows != work.Rows)
        {
            throw new InvalidDataException($"{Dataset.Name}: the dataset has {rows} rows, expected {work.Rows}");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services)
        {
            await service.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static long BytesOf(string folder) => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
