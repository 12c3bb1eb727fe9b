using FeatureService.Oracle.Tests.OnlineRetail;
using NodaTime;

namespace FeatureService.Oracle.Tests.SecondOracle;

/// <summary>
/// Every cell against SQL that a translator of the tests' own makes of the definition's text, with instants by NodaTime: faults of
/// parser, binder and calendar, which engine and reference share, show here.
/// </summary>
public sealed class SecondOracleTests(RetailFixture retail, ITestOutputHelper output) : IClassFixture<RetailFixture>
{
    private const int RandomFeatures = 160;
    private const int RandomLabels = 40;

    /// <summary>Zones, and days on which weeks start: of the clock's changes at midnight, and of a zone that is half an hour apart.</summary>
    public static TheoryData<string, string, int> Zones { get; } = new()
    {
        { "Asia/Tehran", "2022-02-01", 36 },
        { "America/New_York", "2023-09-03", 30 },
    };

    [Theory]
    [MemberData(nameof(Zones))]
    public void Every_cell_is_what_SQL_says(string zone, string firstDay, int weeks)
    {
        using var generated = new GeneratedCase(zone, Day(firstDay), weeks, weeks);
        Compare(generated.Answers, FixedDefinitions.Features, FixedDefinitions.Labels, 8);
    }

    [Theory]
    [MemberData(nameof(Zones))]
    public void Every_cell_of_random_definitions_is_what_SQL_says(string zone, string firstDay, int weeks)
    {
        using var generated = new GeneratedCase(zone, Day(firstDay), weeks, weeks + 1);
        var random = new RandomDefinitions(weeks);
        Compare(generated.Answers, random.Take("f", RandomFeatures, false), random.Take("label", RandomLabels, true), 60);
    }

    [Fact]
    public void Every_cell_of_some_customers_of_a_real_shop_is_what_SQL_says()
    {
        using var shop = new RetailCase(retail);
        Compare(shop.Answers, RetailDefinitions.Features, RetailDefinitions.Labels, 2);
    }

    [Theory]
    [InlineData("count(rides) over 4w > 3")]
    [InlineData("sum(rides.fare) over 2w > 20 or value(users.city) is null")]
    [InlineData("not max(rides.km) over 9d < 40")]
    public void A_population_leaves_the_rows_that_SQL_leaves(string population)
    {
        using var generated = new GeneratedCase("Australia/Lord_Howe", Day("2023-09-28"), 20, 3);
        Assert.InRange(generated.Answers.ComparePopulation(population), 10, 150);
    }

    /// <summary>Compares, and expects of almost all columns that they say something.</summary>
    private void Compare(
        TwoAnswers answers, IReadOnlyList<(string Name, string Text)> features, IReadOnlyList<(string Name, string Text)> labels, int constantMax)
    {
        var (cells, constant) = answers.Compare(features, labels);
        output.WriteLine($"{features.Count + labels.Count} definitions, {cells} cells, the same everywhere: {string.Join(", ", constant)}");
        Assert.InRange(constant.Count, 0, constantMax);
    }

    private static LocalDate Day(string text) => LocalDate.FromDateOnly(DateOnly.ParseExact(text, "yyyy-MM-dd"));
}
