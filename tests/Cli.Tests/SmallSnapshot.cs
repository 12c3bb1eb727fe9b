using System.Globalization;
using System.Text;
using FeatureService.Testing;

namespace FeatureService.Cli.Tests;

/// <summary>Forty users' rides of a quarter, as a snapshot with a published view; made once for a test class.</summary>
public sealed class SmallSnapshot : IAsyncLifetime
{
    public const string View = """
        view: rides_view
        features:
          rides_4w: count(rides) over 4w
          fare_4w: sum(rides.fare) over 4w
          mean_km: avg(rides.km) over 13w
          last_city: last(rides.city) over 13w
        labels:
          rides_next: count(rides) over next 1w
        """;

    private readonly TempFolder _folder = new();

    public string Snapshot => _folder["snapshot"];

    public string Catalog => _folder["catalog.yaml"];

    public string Views => _folder["views"];

    public string ViewFile => _folder["views/team/rides_view.view.yaml"];

    public async ValueTask InitializeAsync()
    {
        _folder.Write("views/team/rides_view.view.yaml", View);
        _folder.Write("catalog.yaml", """
            entity: {name: user_id, type: int64}
            complete_until: 2024-04-01
            sources:
              rides:
                files: rides.csv
                time: at
                columns: {at: timestamp, fare: int64, km: float64, city: string}
            """);
        var csv = new StringBuilder("user_id,at,fare,km,city\n");
        for (var ride = 0; ride < 1000; ride++)
        {
            var at = new DateTime(2024, 1, 1).AddHours(ride * 2);
            csv.Append(CultureInfo.InvariantCulture, $"{ride % 40},{at:yyyy-MM-dd HH:mm:ss},{ride},{ride / 8.0},city {ride % 3}\n");
        }

        _folder.Write("rides.csv", csv.ToString());
        var built = await Featurectl.RunAsync("snapshot", "build", "--catalog", Catalog, "--out", Snapshot, "--partitions", "4", "--slices", "2");
        Assert.True(built.Code == 0, built.Error);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
