using FeatureService.Cli.CommandLine;
using FeatureService.Samples.Taxi;

namespace FeatureService.Cli.Demo;

/// <summary>Where a demonstration keeps its files.</summary>
/// <param name="Path">The folder.</param>
internal sealed record DemoFolder(string Path)
{
    /// <summary>The catalog, which names the event files beside it.</summary>
    public string Catalog => System.IO.Path.Combine(Path, TaxiSample.CatalogFile);

    /// <summary>The views, by team.</summary>
    public string Views => System.IO.Path.Combine(Path, TaxiSample.ViewsFolder);

    /// <summary>The snapshot.</summary>
    public string Snapshot => System.IO.Path.Combine(Path, "snapshot");

    /// <summary>The dataset: Parquet files and a manifest.</summary>
    public string Dataset => System.IO.Path.Combine(Path, "dataset");

    /// <summary>What a service process printed.</summary>
    /// <param name="number">From 1.</param>
    public string Log(int number) => System.IO.Path.Combine(Path, $"service-{number}.log");

    /// <summary>Makes the folder; one that is there must be empty or an earlier demonstration's.</summary>
    /// <exception cref="CliException">It holds something else.</exception>
    public void Prepare()
    {
        if (File.Exists(Path))
        {
            throw CliException.BadInput($"--out {Path}: is a file, expected a folder");
        }

        if (Directory.Exists(Path) && Directory.EnumerateFileSystemEntries(Path).Any() && !IsEarlierDemo())
        {
            throw CliException.BadInput($"--out {Path}: holds other files; expected a new or empty folder, or that of an earlier demo");
        }

        Directory.CreateDirectory(Path);
    }

    private bool IsEarlierDemo() => File.Exists(Catalog) && File.ReadAllText(Catalog) == TaxiSample.Text(TaxiSample.CatalogFile);
}
