using FeatureService.Samples.Taxi.Files;
using FeatureService.Samples.Taxi.Life;

namespace FeatureService.Samples.Taxi;

/// <summary>The taxi sample: five years of a taxi app's events, its users, their catalog, and the view that asks the coupon question.</summary>
public static class TaxiSample
{
    /// <summary>Name of the catalog's file in the folder.</summary>
    public const string CatalogFile = "catalog.yaml";

    /// <summary>Name of the folder of views in the folder.</summary>
    public const string ViewsFolder = "views";

    /// <summary>The sample's view.</summary>
    public const string View = "marketing/coupon_response";

    /// <summary>Path of the view's file in the folder.</summary>
    public const string ViewFile = ViewsFolder + "/" + View + ".view.yaml";

    /// <summary>A second view, which uses everything that the language has.</summary>
    public const string WholeLanguageView = "growth/ride_habits";

    /// <summary>Path of the second view's file in the folder.</summary>
    public const string WholeLanguageViewFile = ViewsFolder + "/" + WholeLanguageView + ".view.yaml";

    // About 400,000 events a file: a fair row group, and enough files for many threads.
    private const int UsersPerFile = 2_500;

    /// <summary>Text of one of the sample's own files.</summary>
    /// <param name="name"><see cref="CatalogFile"/>, <see cref="ViewFile"/> or <see cref="WholeLanguageViewFile"/>.</param>
    /// <exception cref="FileNotFoundException">The sample has no such file.</exception>
    public static string Text(string name)
    {
        using var stream = typeof(TaxiSample).Assembly.GetManifestResourceStream(name)
            ?? throw new FileNotFoundException($"the taxi sample has no file '{name}'");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Events and profiles of a run of users, in memory.</summary>
    /// <param name="options">Which life.</param>
    /// <param name="firstUser">The first user's id, from 1.</param>
    /// <param name="count">How many users.</param>
    public static TaxiEvents Generate(TaxiOptions options, int firstUser, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(firstUser, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 0);
        var life = new UserLife(options.Validated());
        var events = new TaxiEvents();
        for (var user = firstUser; user < firstUser + count; user++)
        {
            life.Play(user, events);
            TaxiProfile.Add(options.Seed, user, events.Users);
        }

        return events;
    }

    /// <summary>Writes events, profiles, catalog and view into a folder. The Parquet files of an earlier life there are replaced.</summary>
    /// <param name="folder">The folder; made where it is missing.</param>
    /// <param name="options">Which life.</param>
    /// <param name="progress">Told the users written so far.</param>
    /// <param name="cancellation">Stops between files.</param>
    public static TaxiReport Write(string folder, TaxiOptions options, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        options = options.Validated();
        foreach (var source in EventFiles.Folders)
        {
            var path = Directory.CreateDirectory(Path.Combine(folder, source)).FullName;
            foreach (var old in Directory.EnumerateFiles(path, "part-*.parquet"))
            {
                File.Delete(old);
            }
        }

        foreach (var name in new[] { CatalogFile, ViewFile, WholeLanguageViewFile })
        {
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, Text(name));
        }

        return WriteEvents(folder, options, progress, cancellation);
    }

    private static TaxiReport WriteEvents(string folder, TaxiOptions options, IProgress<int>? progress, CancellationToken cancellation)
    {
        var files = (options.Users + UsersPerFile - 1) / UsersPerFile;
        long opens = 0, rides = 0, coupons = 0;
        var users = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellation };
        Parallel.For(0, files, parallel, file =>
        {
            var first = file * UsersPerFile;
            var count = Math.Min(UsersPerFile, options.Users - first);
            var events = Generate(options, first + 1, count);
            EventFiles.Write(folder, file, events);
            Interlocked.Add(ref opens, events.AppOpens.UserId.Count);
            Interlocked.Add(ref rides, events.Rides.UserId.Count);
            Interlocked.Add(ref coupons, events.Coupons.UserId.Count);
            progress?.Report(Interlocked.Add(ref users, count));
        });
        return new TaxiReport(opens, rides, coupons);
    }
}
