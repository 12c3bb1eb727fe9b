using System.Text;
using CsCheck;
using FeatureService.Engine.Definitions;

namespace FeatureService.Engine.Tests.Definitions;

/// <summary>No text crashes the compiler or keeps it busy, and every error points into the text.</summary>
public sealed class HostileInputTests
{
    private const string View = """
        view: coupon_response
        description: Will this user use a coupon within a week?
        numbers: float32
        features:
          opens_13w:     count(app_opens) over 13w
          fare_per_km:   sum(rides.fare * 1.0 / km where km > 0) over 13w   # a comment
          night_rides:   'count(rides where hour(picked_up_at) >= 22 or payment = ''cash'') over 90d'
          trend:         "count(app_opens) over 4w / count(app_opens) over 4w lag 4w"
          tier: |
            case when opens_13w between 1 and 5 then 'low'
                 when opens_13w not in (6, 7.5, null) then 'high'
                 else null end
          odd: >-
            coalesce(last(rides.area) over all, 'none') like 'A%' and
            -fare_per_km is not null
        labels:
          used_1w:       count(coupons where action = 'used') over next 1w lag 2d > 0
        """;

    private const string Catalog = """
        entity: {name: user_id, type: int64}
        time_zone: Asia/Tokyo
        week_starts: sunday
        complete_until: 2024-04-01 10:15+09:00
        sources:
          rides:
            files: [rides/2023.csv, 'rides/*.parquet']
            entity: passenger
            time: picked_up_at
            time_zone: UTC
            available: settled_at
            settles_within: 30d
            columns: {fare: decimal(2), km: float64, "an area": string}
            complete_until: 2024-03-31
        """;

    [Fact]
    public void The_whole_text_is_good() => Sample.Good(View);

    [Theory]
    [InlineData(View)]
    [InlineData(Catalog)]
    public void Every_prefix_and_every_suffix_is_answered(string text)
    {
        for (var i = 0; i <= text.Length; i++)
        {
            Answer(text[..i]);
            Answer(text[i..]);
        }
    }

    [Fact]
    public void Every_catalog_with_one_character_changed_is_answered() =>
        Gen.Select(Gen.Int[0, Catalog.Length - 1], Gen.Char).Sample((at, c) => Answer(Catalog[..at] + c + Catalog[(at + 1)..]));

    [Fact]
    public void Every_text_with_one_character_changed_is_answered() =>
        Gen.Select(Gen.Int[0, View.Length - 1], Gen.Char).Sample((at, c) => Answer(View[..at] + c + View[(at + 1)..]));

    [Fact]
    public void Every_text_with_a_part_moved_is_answered() =>
        Gen.Int[0, View.Length].Array[3].Sample(cuts =>
        {
            Array.Sort(cuts);
            Answer(View[..cuts[0]] + View[cuts[1]..cuts[2]] + View[cuts[0]..cuts[1]] + View[cuts[2]..]);
        });

    [Fact]
    public void Random_bytes_are_answered() =>
        Gen.Byte.Array[0, 400].Sample(bytes => Answer(Encoding.Latin1.GetString(bytes)));

    [Fact]
    public void Random_definitions_are_answered()
    {
        string[] words =
        [
            "count", "sum", "(", ")", "rides", ".", "fare", "over", "13w", "where", "and", "or", "not", "in", "between", "like", "is", "null",
            "case", "when", "then", "else", "end", "'a'", "1", "2.5", "+", "-", "*", "/", "%", "=", "<", ",", "lag", "all", "next", "last",
            "events", "by", "as", "series", "week", "month", "f", "true", "\"q\"", "coalesce",
        ];
        Gen.Int[0, words.Length - 1].Select(i => words[i]).Array[0, 25].Sample(soup => Answer(Sample.Alone("1 + " + string.Join(' ', soup))));
    }

    public static TheoryData<string> Deep =>
    [
        Repeat("(", 10_000) + "1" + Repeat(")", 10_000),
        Repeat("(", 10_000),
        Repeat("not ", 10_000) + "true",
        Repeat("- ", 10_000) + "x",
        Repeat("abs(", 10_000) + "1" + Repeat(")", 10_000),
        Repeat("case when ", 6_000) + "true",
        Repeat("sum(rides.km + ", 4_000) + "1",
        Repeat("least(1, ", 5_000) + "1" + Repeat(")", 5_000),
    ];

    [Theory]
    [MemberData(nameof(Deep))]
    public void Nesting_beyond_64_levels_is_an_error(string definition)
    {
        var diagnostic = Assert.Single(Sample.Compile(Sample.Alone(definition)).Diagnostics);
        Assert.Equal("the definition is nested too deep: expected at most 64 levels", diagnostic.Message);
    }

    [Fact]
    public void Nesting_of_64_levels_is_good()
    {
        Sample.Feature(Repeat("(", 64) + "1" + Repeat(")", 64));
        Assert.Equal("66: the definition is nested too deep: expected at most 64 levels", Sample.Error(Repeat("(", 65) + "1" + Repeat(")", 65)));
    }

    [Fact]
    public void A_chain_of_500_operators_is_an_error_and_499_are_good()
    {
        Sample.Feature("1" + Repeat(" + 1", 499));
        Assert.Equal(
            "1999: too many operators in one chain: expected at most 500 below each other; parentheses can split it",
            Sample.Error("1" + Repeat(" + 1", 500)));
    }

    [Fact]
    public void The_deepest_definition_fits_a_small_stack()
    {
        ViewResult? result = null;
        var features = Enumerable.Range(1, 200).Select(i => $"f{i}: abs(f{i - 1})").ToList();
        var chain = "g: " + Repeat("(", 60) + "1" + Repeat(" + 1)", 60) + Repeat(" + 1", 430);
        var thread = new Thread(() => result = Sample.Compile(Sample.View(["f0: 1", .. features, chain])), maxStackSize: 512 * 1024);
        thread.Start();
        thread.Join();
        Assert.Empty(result!.Diagnostics);
    }

    [Theory]
    [InlineData(" + 1")]
    [InlineData(" and true")]
    [InlineData(" between 1 and 2")]
    [InlineData(" = 1")]
    public void Chains_that_fill_a_definition_are_answered(string link) => Answer(Sample.Alone("1" + Repeat(link, 64_000 / link.Length)));

    [Fact]
    public void Between_inside_between_does_not_explode() =>
        Assert.StartsWith("between stands too deep", Sample.Compile(Sample.Alone(Repeat("(", 40) + "1" + Repeat(" between 1 and 2)", 40))).Diagnostics[0].Message, StringComparison.Ordinal);

    [Fact]
    public void A_definition_of_64_kib_is_good_and_one_of_a_character_more_an_error()
    {
        var definition = "'" + new string('x', (64 * 1024) - 2) + "'";
        Sample.Feature(definition);
        Assert.Equal("1: the definition has 65537 characters: expected at most 65536 (64 KiB)", Sample.Error(definition[..^1] + "x'"));
    }

    [Fact]
    public void A_view_has_4096_columns_and_no_more()
    {
        var features = Enumerable.Range(0, 4_096).Select(i => $"f{i}: {i}").ToList();
        Assert.Equal(4_096, Sample.Good(Sample.View([.. features])).Columns.Length);
        Assert.Equal(
            ["v.view.yaml:4099:3: the view has too many columns: expected at most 4096"],
            Sample.Errors(Sample.View([.. features, "g: 1"])));
    }

    [Fact]
    public void Features_that_double_each_other_end_at_a_limit()
    {
        var features = Enumerable.Range(1, 60).Select(i => $"f{i}: f{i - 1} + f{i - 1}");
        var error = Assert.Single(Sample.Errors(Sample.View(["f0: count(rides) over 1w", .. features])));
        Assert.Contains("the definition is too long once the definitions that it uses are written out: expected at most 262144 characters", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_chain_of_features_ends_at_a_limit()
    {
        var features = Enumerable.Range(1, 4_000).Select(i => $"f{i}: f{i - 1} + 1");
        var error = Assert.Single(Sample.Errors(Sample.View(["f0: 1", .. features])));
        Assert.Contains("too many operators below each other, definitions that it uses included: expected at most 500", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_circle_of_4096_features_is_one_error()
    {
        var features = Enumerable.Range(0, 4_096).Select(i => $"f{i}: f{(i + 1) % 4_096}");
        Assert.Single(Sample.Errors(Sample.View([.. features])));
    }

    [Fact]
    public void More_than_a_thousand_errors_are_cut_off()
    {
        var errors = Sample.Errors(Sample.View([.. Enumerable.Range(0, 4_000).Select(i => $"feature_{i}: featur_{i} + xeature_{i}")]));
        Assert.Equal(1_001, errors.Length);
        Assert.EndsWith("the file has more errors than are listed: expected fewer than 1000", errors[^1], StringComparison.Ordinal);
    }

    public static TheoryData<string> Megabytes =>
    [
        Repeat("(", 1_000_000),
        Repeat("[", 1_000_000),
        "view: " + new string('{', 1_000_000),
        Repeat("- ", 500_000),
        Repeat("? ", 500_000),
        Repeat("a: ", 300_000),
        "view: v\nfeatures:\n  a: " + Repeat("1 + ", 250_000),
        "view: v\nfeatures:\n" + Repeat("  a: x\n", 140_000),
        "view: v\nfeatures:\n  a: \"" + Repeat("\\x41", 250_000) + "\"\n",
        "view: v\nfeatures:\n  a: |\n" + Repeat("    1 +\n", 120_000),
        Repeat("\n", 1_000_000),
        Repeat("é\U0001F600", 300_000),
        Repeat("#\n", 500_000),
        Repeat("'", 1_000_000),
        Repeat("!<", 500_000),
        Repeat("&a *a ", 160_000),
    ];

    [Theory]
    [MemberData(nameof(Megabytes))]
    public void A_megabyte_of_anything_is_answered(string text) => Answer(text);

    private static void Answer(string text)
    {
        var view = ViewCompiler.Compile(text, "v", Sample.Catalog);
        var catalog = CatalogReader.Read(text, "v");
        Assert.Equal(view.View is null, view.Diagnostics.Length > 0);
        Assert.Equal(catalog.Catalog is null, catalog.Diagnostics.Length > 0);
        foreach (var diagnostic in view.Diagnostics.Concat(catalog.Diagnostics))
        {
            Assert.InRange(diagnostic.Line, 1, text.Length + 1);
            Assert.InRange(diagnostic.Column, 1, text.Length + 1);
            Assert.NotEmpty(diagnostic.Message);
        }
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
