using FeatureService.Samples.Taxi;

namespace FeatureService.Bench.MainJob;

/// <summary>The work that all contestants do: the taxi sample's view for every user and week.</summary>
/// <param name="Folder">Where events, snapshots and outputs lie.</param>
/// <param name="Taxi">Which events.</param>
internal sealed record Work(string Folder, TaxiOptions Taxi)
{
    /// <summary>The view in the form of the sample: every number as float32.</summary>
    public const string View = TaxiSample.View;

    /// <summary>The same with each number in its own type.</summary>
    public const string OwnTypesView = TaxiSample.View + "_own";

    /// <summary>The same with one feature written another way, which has the same values and must be computed again all the same.</summary>
    public const string EditedView = TaxiSample.View + "_edited";

    /// <summary>The columns after user and week, as all contestants write them; a row status comes last.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    [
        "opens_4w", "opens_13w", "opens_trend", "opens_36h", "since_open", "member_days", "rides_13w", "ride_rate", "fare_13w",
        "fare_per_km", "fare_spread", "fare_drift", "longest_km", "cash_share", "night_rides", "areas_13w", "worst_rating", "granted_4w",
        "use_rate", "since_used", "used_1w",
    ];

    /// <summary>Those whose float sums may be taken in any order: one unit in the last place of float32 may differ.</summary>
    public static IReadOnlySet<string> Rounded { get; } = new HashSet<string> { "fare_per_km", "fare_spread" };

    /// <summary>Those that ask for a first or last event, which a peer may choose freely among events at one instant.</summary>
    public static IReadOnlySet<string> Ordered { get; } = new HashSet<string> { "fare_drift" };

    /// <summary>Rows of the grid.</summary>
    public long Rows => (long)Taxi.Users * Taxi.Weeks;

    /// <summary>Cells of the comparison: each column of each row.</summary>
    public long Cells => Rows * (Columns.Count + 1);

    /// <summary>Our snapshot.</summary>
    public string Snapshot => Path.Combine(Folder, "snapshot");

    /// <summary>Our views.</summary>
    public string Views => Path.Combine(Folder, TaxiSample.ViewsFolder);

    /// <summary>Our catalog.</summary>
    public string Catalog => Path.Combine(Folder, TaxiSample.CatalogFile);

    /// <summary>DuckDB's tables.</summary>
    public string Tables => Path.Combine(Folder, "tables.duckdb");

    /// <summary>The process-pool loop's arrays.</summary>
    public string Arrays => Path.Combine(Folder, "arrays");

    /// <summary>Microseconds UTC at which the first week starts in Tokyo, nine hours ahead.</summary>
    public long OriginMicroseconds => ((Taxi.FirstWeek.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber) * 24L - 9) * 3_600_000_000;

    /// <summary>Writes events, catalog and views.</summary>
    /// <returns>Number of events.</returns>
    public long Generate()
    {
        var events = TaxiSample.Write(Folder, Taxi).Events;
        WriteView(OwnTypesView, "numbers: float32", "");
        WriteView(EditedView, "count(app_opens) over 36h", "count(app_opens) over 36h + 0");
        return events;
    }

    /// <summary>Where an output folder is.</summary>
    /// <param name="name">Its name.</param>
    public string OutputOf(string name) => Path.Combine(Folder, "out-" + name);

    /// <summary>An output folder, empty and existing.</summary>
    /// <param name="name">Its name.</param>
    public string EmptyOutput(string name)
    {
        var folder = Removed(OutputOf(name));
        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>A path under which nothing lies any more.</summary>
    /// <param name="folder">The path.</param>
    public static string Removed(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        return folder;
    }

    /// <summary>Writes the sample's view under another name with one place changed.</summary>
    private void WriteView(string view, string place, string change)
    {
        var name = view[(view.IndexOf('/', StringComparison.Ordinal) + 1)..];
        var text = TaxiSample.Text(TaxiSample.ViewFile);
        if (text.Split(place).Length != 2)
        {
            throw new InvalidOperationException($"{TaxiSample.ViewFile} has '{place}' not once, which the bench changes");
        }

        File.WriteAllText(Path.Combine(Views, view + ".view.yaml"), text.Replace("view: coupon_response", "view: " + name).Replace(place, change));
    }
}
