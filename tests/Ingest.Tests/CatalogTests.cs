using FeatureService.Core.Keys;
using FeatureService.Testing;

namespace FeatureService.Ingest.Tests;

public sealed class CatalogTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("none.csv", "no file none.csv")]
    [InlineData("'none/*.csv'", "no file none/*.csv")]
    [InlineData("e.xlsx", "format that is not supported yet")]
    public void Missing_and_unknown_files_are_told_with_the_place_in_the_catalog(string files, string expected)
    {
        _folder.Write("e.xlsx", "");
        var message = Assert.Single(Builds.Refused(_folder, Builds.Catalog(files)));
        Assert.StartsWith(_folder["catalog.yaml"] + ":", message, StringComparison.Ordinal);
        Assert.Contains("source e", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Globs_match_in_folders_by_the_bytes_of_their_paths()
    {
        foreach (var name in new[] { "d/é.csv", "d/b.csv", "d/B.csv", "d/x/y/a.csv", "d/x.txt" })
        {
            _folder.Write(name, $"user_id,at,x\n1,2024-01-01,{name}\n");
        }

        Builds.Build(_folder, Builds.Catalog("'d/**/*.csv'"));
        Assert.Equal(["d/B.csv", "d/b.csv", "d/x/y/a.csv", "d/é.csv"], Builds.Lines(_folder).Skip(1).Select(line => line.Split('\'')[1]));
    }

    [Fact]
    public void Every_missing_column_of_every_source_is_told_at_once()
    {
        _folder.Write("e.csv", "user,x\n");
        var messages = Builds.Refused(_folder, Builds.Catalog("e.csv", "columns: {y: int64}\navailable: known"));
        Assert.Equal(
            ["the entity user_id", "the column y", "the time at", "the availability known"],
            messages.Select(message => message[(message.IndexOf("source e: ", StringComparison.Ordinal) + 10)..message.IndexOf(" is not in", StringComparison.Ordinal)]));
        Assert.All(messages, message => Assert.EndsWith("its columns are user, x", message, StringComparison.Ordinal));
    }

    [Fact]
    public void Two_columns_of_one_name_are_an_error()
    {
        _folder.Write("e.csv", "user_id,at,x,x\n");
        Assert.Contains("2 columns have the name 'x'", Assert.Single(Builds.Refused(_folder, Builds.Catalog("e.csv"))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_time_of_numbers_without_a_unit_is_refused()
    {
        _folder.Write("e.csv", "user_id,at\n1,1700000000\n");
        Assert.Contains("time column at holds numbers: expected a timestamp", Assert.Single(Builds.Refused(_folder, Builds.Catalog("e.csv"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Listed_columns_keep_the_catalogs_order_and_times_not_listed_come_last()
    {
        _folder.Write("e.csv", "a,user_id,at,b,known\n1,1,2024-01-01,2,2024-01-02\n");
        Builds.Build(_folder, Builds.Catalog("e.csv", "columns: {b: string, a: float64}\navailable: known"));
        Assert.Equal("b string, a float64, at date, known date", Builds.Columns(_folder));
    }

    [Fact]
    public void A_schema_resolves_to_the_catalog_that_a_build_stores()
    {
        _folder.Write("e.csv", "user_id,at,x\n1,2024-01-01,2\n");
        var file = Inputs.Catalog(_folder, Builds.Catalog("e.csv", "settles_within: 36h", zone: "Asia/Tokyo"));
        Builds.Build(_folder, Builds.Catalog("e.csv", "settles_within: 36h", zone: "Asia/Tokyo"));
        var resolved = SchemaReader.Resolve(file, TestContext.Current.CancellationToken);
        using var snapshot = Engine.Snapshots.MappedSnapshot.Open(_folder["out"]);
        var (expected, actual) = (resolved.Sources[0], snapshot.Catalog.Sources[0]);
        Assert.Equal(expected.Columns, actual.Columns);
        Assert.Equal((expected.Name, expected.TimeColumn, expected.AvailableColumn, expected.Reading), (actual.Name, actual.TimeColumn, actual.AvailableColumn, actual.Reading));
        Assert.Equal(expected.SettlesWithin?.NormalForm, actual.SettlesWithin?.NormalForm);
        Assert.Equal((resolved.EntityName, resolved.EntityType), (snapshot.Catalog.EntityName, snapshot.Catalog.EntityType));
        Assert.Equal(resolved.Calendar.Cutoff(2800), snapshot.Catalog.Calendar.Cutoff(2800));
        Assert.Equal("zone Asia/Tokyo", actual.Reading);
    }

    [Theory]
    [InlineData(1_600_000, 10_000, 64, 1)]
    [InlineData(16_000_000, 100_000, 64, 2)]
    [InlineData(128_000_000, 92_681, 64, 1)]
    [InlineData(128_000_000, 92_683, 64, 2)]
    [InlineData(128_000_001, 1_000_000, 128, 8)]
    [InlineData(100_000_000_000, 1_000_000_000, 4096, 256)]
    [InlineData(0, 0, 64, 1)]
    public void Partitions_hold_two_million_events_and_slices_a_thousand_entities(long events, long entities, int partitions, int slices) =>
        Assert.Equal(new Placement(partitions, slices), PlacementRule.For(events, entities));

    [Fact]
    public void Counts_that_are_no_powers_of_two_are_refused_before_reading()
    {
        _folder.Write("e.csv", "user_id,at\n1,2024-01-01\n");
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Builds.Build(_folder, Builds.Catalog("e.csv"), options => options with { Partitions = 3 }));
        Assert.Contains("a power of two", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }
}
