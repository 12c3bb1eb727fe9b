using System.Globalization;

namespace FeatureService.Samples.Taxi.Files;

/// <summary>Writes the events and profiles of a run of users: one file a source.</summary>
internal static class EventFiles
{
    /// <summary>The folders, one a source, as the catalog names them.</summary>
    public static IReadOnlyList<string> Folders { get; } = ["app_opens", "rides", "coupons", "users"];

    /// <summary>Writes a file into each.</summary>
    /// <param name="folder">Where <see cref="Folders"/> are.</param>
    /// <param name="number">Number of the run.</param>
    /// <param name="events">The run's events.</param>
    public static void Write(string folder, int number, TaxiEvents events)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"part-{number:D5}.parquet");
        WriteAppOpens(Path.Combine(folder, "app_opens", name), events.AppOpens);
        WriteRides(Path.Combine(folder, "rides", name), events.Rides);
        WriteCoupons(Path.Combine(folder, "coupons", name), events.Coupons);
        WriteUsers(Path.Combine(folder, "users", name), events.Users);
    }

    private static void WriteAppOpens(string path, TaxiEvents.AppOpenColumns opens)
    {
        using var table = ParquetTable.Create(
            path, ParquetTable.Int64("user_id"), ParquetTable.Timestamp("opened_at"), ParquetTable.Text("platform"));
        table.Write(opens.UserId);
        table.Write(opens.OpenedAt);
        table.Write(opens.Platform, TaxiWords.Platforms);
        table.Close();
    }

    private static void WriteRides(string path, TaxiEvents.RideColumns rides)
    {
        using var table = ParquetTable.Create(
            path,
            ParquetTable.Int64("user_id"),
            ParquetTable.Timestamp("picked_up_at"),
            ParquetTable.Int64("fare"),
            ParquetTable.Float64("km"),
            ParquetTable.Int64("minutes"),
            ParquetTable.Text("area"),
            ParquetTable.Text("payment"),
            ParquetTable.Int64("rating", nullable: true));
        table.Write(rides.UserId);
        table.Write(rides.PickedUpAt);
        table.Write(rides.Fare);
        table.Write(rides.Km);
        table.Write(rides.Minutes);
        table.Write(rides.Area, TaxiWords.Areas);
        table.Write(rides.Payment, TaxiWords.Payments);
        table.WriteNullable(rides.Rating);
        table.Close();
    }

    private static void WriteCoupons(string path, TaxiEvents.CouponColumns coupons)
    {
        using var table = ParquetTable.Create(
            path, ParquetTable.Int64("user_id"), ParquetTable.Timestamp("at"), ParquetTable.Text("action"), ParquetTable.Int64("value"));
        table.Write(coupons.UserId);
        table.Write(coupons.At);
        table.Write(coupons.Action, TaxiWords.Actions);
        table.Write(coupons.Value);
        table.Close();
    }

    private static void WriteUsers(string path, TaxiEvents.UserColumns users)
    {
        using var table = ParquetTable.Create(
            path, ParquetTable.Int64("user_id"), ParquetTable.Text("city"), ParquetTable.Text("channel"), ParquetTable.Int64("birth_year"));
        table.Write(users.UserId);
        table.Write(users.City, TaxiWords.Cities);
        table.Write(users.Channel, TaxiWords.Channels);
        table.Write(users.BirthYear);
        table.Close();
    }
}
