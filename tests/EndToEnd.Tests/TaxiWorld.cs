using System.Globalization;
using FeatureService.Samples.Taxi;
using FeatureService.Testing;

namespace FeatureService.EndToEnd.Tests;

/// <summary>A small taxi app: its events, its snapshot, and the dataset that an undisturbed build makes of them.</summary>
public sealed class TaxiWorld : IAsyncLifetime
{
    public const string Name = "taxi world";

    private const int UserCount = 6_000;
    private readonly TempFolder _folder = new();
    private readonly Lazy<Task<string>> _contentHash;
    private readonly TaxiOptions _options = new() { Users = UserCount, Seed = 7 };

    public TaxiWorld() => _contentHash = new Lazy<Task<string>>(BuildUndisturbedAsync);

    public string Snapshot => _folder["snapshot"];

    public string Views => Path.Combine(_folder["data"], TaxiSample.ViewsFolder);

    private string Weeks => string.Create(
        CultureInfo.InvariantCulture, $"{_options.FirstWeek:yyyy-MM-dd}..{_options.LastWeek:yyyy-MM-dd}");

    public async ValueTask InitializeAsync()
    {
        TaxiSample.Write(_folder["data"], _options);
        await FeatureCtl.SucceedAsync(
            "snapshot", "build", "--catalog", Path.Combine(_folder["data"], TaxiSample.CatalogFile), "--out", Snapshot);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Content hash of the dataset that one undisturbed process makes.</summary>
    public Task<string> ContentHashAsync() => _contentHash.Value;

    /// <summary>Arguments of a build through services.</summary>
    internal string[] Build(string path, params ServiceProcess[] services) =>
        Build(path, services.Select(service => service.Address));

    /// <summary>Arguments of a build through addresses.</summary>
    internal string[] Build(string path, IEnumerable<string> addresses) =>
        [.. Dataset(path), .. addresses.SelectMany(address => new[] { "--server", address })];

    /// <summary>Arguments of a build inside the command.</summary>
    internal string[] LocalBuild(string path) => [.. Dataset(path), "--snapshot", Snapshot, "--views", Views];

    /// <summary>Finished parts after which a fault strikes at one of three moments of a build of 64 parts.</summary>
    internal static int PartsBefore(int moment) => 1 + ((moment - 1) * 20);

    /// <summary>Copies a folder.</summary>
    internal static string Copy(string source, string target)
    {
        foreach (var file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return target;
    }

    private string[] Dataset(string path) =>
        ["dataset", "build", "--view", "coupon_response", "--weeks", Weeks, "--out", path];

    private async Task<string> BuildUndisturbedAsync()
    {
        var path = _folder["undisturbed"];
        await FeatureCtl.SucceedAsync(LocalBuild(path));
        return Datasets.ContentHash(path);
    }
}

[CollectionDefinition(TaxiWorld.Name)]
public sealed class TaxiWorldDefinition : ICollectionFixture<TaxiWorld>;
