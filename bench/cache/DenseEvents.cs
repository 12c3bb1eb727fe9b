using System.Globalization;

namespace FeatureService.Bench.Cache;

/// <summary>Events of users who do something several times a day: where a cache pays most.</summary>
internal static class DenseEvents
{
    public const int Users = 1_000;
    public const int Weeks = 104;
    private const int EventsPerWeek = 40;

    private const string Catalog = """
        entity: {name: user_id, type: int64}
        time_zone: UTC
        week_starts: monday
        complete_until: 2026-01-05
        sources:
          e:
            files: e.csv
            time: at
            columns: {at: timestamp, amount: int64, km: float64, kind: int64}
        """;

    /// <summary>The Monday with which they begin.</summary>
    public static DateOnly First { get; } = new DateOnly(2026, 1, 5).AddDays(-7 * Weeks);

    /// <summary>The last Monday.</summary>
    public static DateOnly Last { get; } = new DateOnly(2025, 12, 29);

    /// <summary>Writes catalog and events; equal on any machine.</summary>
    /// <param name="folder">Where to.</param>
    /// <returns>Path of the catalog.</returns>
    public static string Write(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "catalog.yaml"), Catalog);
        using var file = new StreamWriter(Path.Combine(folder, "e.csv"));
        file.WriteLine("user_id,at,amount,km,kind");
        var start = First.ToDateTime(TimeOnly.MinValue);
        for (var user = 1; user <= Users; user++)
        {
            var random = new Random(user);
            for (var i = 0; i < Weeks * EventsPerWeek; i++)
            {
                var at = start.AddSeconds((i + random.NextDouble()) * 7 * 86_400 / EventsPerWeek);
                file.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{user},{at:yyyy-MM-ddTHH:mm:ssZ},{random.Next(300, 9_000)},{random.NextDouble() * 30:F2},{random.Next(40)}"));
            }
        }

        return Path.Combine(folder, "catalog.yaml");
    }
}
