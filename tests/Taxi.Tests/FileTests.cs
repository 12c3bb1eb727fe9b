using FeatureService.Samples.Taxi;
using ParquetSharp;

namespace FeatureService.Taxi.Tests;

public sealed class FileTests : IDisposable
{
    private static readonly TaxiOptions Options = new() { Users = 300, Weeks = 52 };

    private readonly string _folder = Directory.CreateTempSubdirectory("taxi-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Files_hold_the_events_that_were_generated()
    {
        var events = TaxiSample.Generate(Options, 1, Options.Users);
        var report = TaxiSample.Write(_folder, Options, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(new TaxiReport(events.AppOpens.UserId.Count, events.Rides.UserId.Count, events.Coupons.UserId.Count), report);

        using (var file = new ParquetFileReader(Path.Combine(_folder, "app_opens", "part-00000.parquet")))
        using (var rows = file.RowGroup(0))
        {
            Assert.Equal(events.AppOpens.UserId, Values<long>(rows, 0));
            Assert.Equal(events.AppOpens.OpenedAt.Select(at => DateTime.UnixEpoch.AddMicroseconds(at)), Values<DateTime>(rows, 1));
            Assert.Equal(events.AppOpens.Platform.Select(code => TaxiWords.Platforms[code]), Values<string>(rows, 2));
        }

        using (var file = new ParquetFileReader(Path.Combine(_folder, "rides", "part-00000.parquet")))
        using (var rows = file.RowGroup(0))
        {
            Assert.Equal(events.Rides.Fare, Values<long>(rows, 2));
            Assert.Equal(events.Rides.Km, Values<double>(rows, 3));
            Assert.Equal(events.Rides.Area.Select(code => TaxiWords.Areas[code]), Values<string>(rows, 5));
            Assert.Equal(events.Rides.Rating.Select(stars => stars == 0 ? (long?)null : stars), Values<long?>(rows, 7));
        }

        using (var file = new ParquetFileReader(Path.Combine(_folder, "users", "part-00000.parquet")))
        using (var rows = file.RowGroup(0))
        {
            Assert.Equal(events.Users.UserId, Values<long>(rows, 0));
            Assert.Equal(events.Users.City.Select(code => TaxiWords.Cities[code]), Values<string>(rows, 1));
            Assert.Equal(events.Users.Channel.Select(code => TaxiWords.Channels[code]), Values<string>(rows, 2));
            Assert.Equal(events.Users.BirthYear, Values<long>(rows, 3));
        }
    }

    [Fact]
    public void A_smaller_life_leaves_no_file_of_a_larger_one_behind()
    {
        TaxiSample.Write(_folder, Options with { Users = 2_600, Weeks = 1 }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(_folder, "rides")).Length);
        TaxiSample.Write(_folder, Options with { Weeks = 1 }, cancellation: TestContext.Current.CancellationToken);
        Assert.Single(Directory.GetFiles(Path.Combine(_folder, "rides")));
    }

    [Fact]
    public void Catalog_and_view_are_written_beside_the_events()
    {
        TaxiSample.Write(_folder, Options with { Weeks = 1 }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(TaxiSample.Text(TaxiSample.CatalogFile), File.ReadAllText(Path.Combine(_folder, TaxiSample.CatalogFile)));
        Assert.Equal(TaxiSample.Text(TaxiSample.ViewFile), File.ReadAllText(Path.Combine(_folder, TaxiSample.ViewFile)));
    }

    [Fact]
    public void The_catalog_is_complete_until_the_end_of_the_life() =>
        Assert.Contains($"complete_until: {TaxiOptions.EndDate:yyyy-MM-dd}", TaxiSample.Text(TaxiSample.CatalogFile), StringComparison.Ordinal);

    [Fact]
    public void The_view_has_twenty_features_and_one_label()
    {
        var lines = TaxiSample.Text(TaxiSample.ViewFile).Split('\n');
        var features = lines.SkipWhile(line => line != "features:").Skip(1).TakeWhile(line => line != "labels:");
        Assert.Equal(20, features.Count(line => line.TrimStart() is [not '#', ..]));
        Assert.Contains("numbers: float32", lines);
    }

    private static T[] Values<T>(RowGroupReader rows, int column)
    {
        using var reader = rows.Column(column);
        return reader.LogicalReader<T>().ReadAll(checked((int)rows.MetaData.NumRows));
    }
}
