using System.Collections.Immutable;
using CsCheck;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;

namespace FeatureService.Engine.Tests.Definitions;

public sealed class FingerprintTests
{
    public static TheoryData<string, string> Golden => new()
    {
        { "count(app_opens) over 13w", "05ba24748ad5e09ad39141a4d7e9bcfe" },
        { "sum(rides.fare * 1.0 / km where km > 0) over 13w", "08cebe114d58ac1e2c86b8efb1d422e7" },
        { "count(rides where payment = 'cash') over 13w / count(rides) over 13w", "af2d3935ce51e0d5d5bb8b914bc1c240" },
        { "sum(rides.tip) over all lag 36h", "b11514e8fe69a28a0045c6810d9d371b" },
        { "days_since_last(app_opens) over 52w", "63b29802e22e3c22b6c91f55af3a9c0d" },
        { "last(rides.area) over 90d", "88e1fb4045d4e8b8a4beb521084182f0" },
        { "case when count(app_opens) over 1w between 1 and 5 then 'low' else lower('HIGH') end", "66373fa362c05d8eb67b2439b04f20b0" },
        { "count(rides where booked_on >= '2024-03-04' and picked_up_at < '2024-03-04 10:15') over 5min", "9fc2004f63ade14c92d97bee3a3cd261" },
        { "coalesce(stddev_samp(rides.fare) over 4w, 0) in (1, null) or not max(rides.shared) over 4w is null", "352ae10b0f8cebf37f167adfd20c1b8c" },
        { "hour(max(rides.picked_up_at) over 1w) + weekday(min(rides.booked_on) over 1w) % 7 - round(2.5)", "173e7204ac77e06d5be2f0c0938ccc61" },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void A_feature_keeps_the_fingerprint_that_it_once_had(string definition, string fingerprint) =>
        Assert.Equal(fingerprint, Sample.Feature(definition).Fingerprint);

    [Theory]
    [InlineData("count(coupons where action = 'used') over next 1w > 0", "2d06f009701893ad2d0e222b64fb5328")]
    [InlineData("count(rides) over 1w + sum(rides.tip) over next 2w lag 1d", "ca0796124c45e11094c7fed8355f0ddf")]
    public void A_label_keeps_the_fingerprint_that_it_once_had(string definition, string fingerprint) =>
        Assert.Equal(fingerprint, Sample.Label(definition).Fingerprint);

    [Fact]
    public void A_view_keeps_the_version_that_it_once_had()
    {
        const string Yaml = "view: v\nfeatures:\n  a: count(rides) over 1w\n  \"odd name\": a + 1\nlabels:\n  l: count(rides) over next 1w > a\n";
        Assert.Equal("3b8a2b4662ece747b1309e8f690b5815", Sample.Good(Yaml).Version);
        Assert.Equal("d5dba7799ce1ad459215b24ef41a74fa", Sample.Good(Yaml + "numbers: float32\n").Version);
    }

    [Theory]
    [InlineData("count(app_opens) over 7d", "count(app_opens) over 1w")]
    [InlineData("count(app_opens) over 24h", "count(app_opens) over 1440min")]
    [InlineData("count(app_opens) over 4w lag 7d", "count(app_opens) over 28d lag 1w")]
    [InlineData("COUNT(rides WHERE shared IS NULL) OVER 1w", "count(rides where shared is null) over 1W")]
    [InlineData("sum(rides.fare + tip) over 1w", "sum(tip + rides.fare) over 1w")]
    [InlineData("sum(rides.fare * tip) over 1w", "sum(tip * rides.fare) over 1w")]
    [InlineData("count(rides where area = 'x') over 1w", "count(rides where 'x' = area) over 1w")]
    [InlineData("count(rides where area <> 'x') over 1w", "count(rides where 'x' != area) over 1w")]
    [InlineData("count(rides where shared and km > 1) over 1w", "count(rides where km > 1 and shared) over 1w")]
    [InlineData("count(rides where shared or km > 1) over 1w", "count(rides where km > 1 or shared) over 1w")]
    [InlineData("count(rides)over 1w+1", "1  +  ( count ( \"rides\" ) over 1w )")]
    [InlineData("sum(rides.km * 2) over 1w", "sum(rides.km * 2.0) over 1w")]
    [InlineData("sum(rides.km * 2.50) over 1w", "sum(rides.km * 25e-1) over 1w")]
    [InlineData("count(rides where km between 1 and 2) over 1w", "count(rides where km >= 1 and km <= 2) over 1w")]
    [InlineData("count(rides where picked_up_at > '2024-03-04') over 1w", "count(rides where picked_up_at > '2024-03-03T15:00Z') over 1w")]
    public void What_is_the_same_computation_has_one_fingerprint(string one, string other) =>
        Assert.Equal(Sample.Feature(one).Fingerprint, Sample.Feature(other).Fingerprint);

    [Theory]
    [InlineData("count(app_opens) over 24h", "count(app_opens) over 1d")]
    [InlineData("count(app_opens) over 1w", "count(app_opens) over 2w")]
    [InlineData("count(app_opens) over 1w", "count(app_opens) over 1w lag 1w")]
    [InlineData("count(app_opens) over 1w", "count(app_opens) over all")]
    [InlineData("count(app_opens) over 1w", "count(rides) over 1w")]
    [InlineData("count(rides) over 1w", "count(rides.fare) over 1w")]
    [InlineData("sum(rides.fare) over 1w", "sum(rides.tip) over 1w")]
    [InlineData("sum(rides.fare) over 1w", "avg(rides.fare) over 1w")]
    [InlineData("sum(rides.fare) over 1w", "sum(rides.fare * 1.0) over 1w")]
    [InlineData("sum(rides.fare - tip) over 1w", "sum(tip - rides.fare) over 1w")]
    [InlineData("sum(rides.fare / tip) over 1w", "sum(tip / rides.fare) over 1w")]
    [InlineData("sum(rides.km + fare + tip) over 1w", "sum(rides.km + (fare + tip)) over 1w")]
    [InlineData("sum(rides.km + 1 + 2) over 1w", "sum(rides.km + 3) over 1w")]
    [InlineData("sum(rides.fare + 1) over 1w", "sum(rides.fare + 1.0) over 1w")]
    [InlineData("count(rides where km > 1) over 1w", "count(rides where km >= 1) over 1w")]
    [InlineData("count(rides where km > 1) over 1w", "count(rides where km > 2) over 1w")]
    [InlineData("count(rides where area = 'a') over 1w", "count(rides where area = 'A') over 1w")]
    [InlineData("count(rides where area = 'a') over 1w", "count(rides where payment = 'a') over 1w")]
    [InlineData("coalesce(null, 1, 2)", "coalesce(null, 2, 1)")]
    [InlineData("1", "1.0")]
    [InlineData("1", "'1'")]
    [InlineData("'a'", "'a '")]
    public void What_may_differ_in_a_value_differs_in_its_fingerprint(string one, string other) =>
        Assert.NotEqual(Sample.Feature(one).Fingerprint, Sample.Feature(other).Fingerprint);

    [Fact]
    public void The_role_is_part_of_the_fingerprint() =>
        Assert.NotEqual(Sample.Feature("count(rides) over 1w").Fingerprint, Sample.Label("count(rides) over 1w").Fingerprint);

    [Fact]
    public void Names_order_comments_spacing_and_number_types_are_no_part_of_a_fingerprint()
    {
        var one = Sample.Good("view: v\nfeatures:\n  a: count(rides) over 1w\n  b: a + 1\n");
        var other = Sample.Good("# note\nnumbers: float32\nfeatures:\n  y: >\n    1 +\n    x   \n  x: 'count( rides ) over 1w'  # note\nview: w\n");
        Assert.Equal(one.Columns.Select(column => column.Fingerprint), other.Columns.Reverse().Select(column => column.Fingerprint));
        Assert.NotEqual(one.Version, other.Version);
    }

    [Fact]
    public void A_used_feature_counts_as_if_written_out()
    {
        var view = Sample.Good(Sample.View("a: count(rides) over 1w", "b: a / (1 + a)"));
        Assert.Equal(Sample.Feature("count(rides) over 1w / (count(rides) over 1w + 1)").Fingerprint, view.Columns[1].Fingerprint);
    }

    [Fact]
    public void A_version_changes_with_names_order_and_definitions()
    {
        string[] versions =
        [
            Sample.Good(Sample.View("a: 1", "b: 2")).Version,
            Sample.Good(Sample.View("b: 2", "a: 1")).Version,
            Sample.Good(Sample.View("a: 1", "c: 2")).Version,
            Sample.Good(Sample.View("a: 1", "b: 3")).Version,
            Sample.Good(Sample.View("a: 1") + "labels:\n  b: 2\n").Version,
        ];
        Assert.Equal(versions.Length, versions.Distinct().Count());
        Assert.Equal(versions[0], Sample.Good(Sample.View("a: 1", "b: 2").Replace("view: v", "view: other", StringComparison.Ordinal)).Version);
    }

    [Fact]
    public void What_a_definition_reads_of_the_catalog_is_part_of_its_fingerprint()
    {
        const string Definition = "sum(rides.fare) over 1w";
        var rides = Sample.Catalog.Sources[1];
        var before = Sample.Feature(Definition).Fingerprint;
        Assert.All(
            [
                Sample.Catalog with { Calendar = new WeekCalendar(ZoneRules.Utc, DayOfWeek.Monday) },
                Sample.Catalog with { Calendar = new WeekCalendar(Sample.Catalog.Calendar.Zone, DayOfWeek.Sunday) },
                With(rides with { Reading = "zone UTC" }),
                With(rides with { AvailableColumn = -1 }),
                With(rides with { AvailableColumn = 0 }),
                With(rides with { TimeColumn = 1 }),
                With(rides with { Columns = rides.Columns.SetItem(3, new SourceColumn("fare", ColumnType.Int64, 2)) }),
                With(rides with { Columns = rides.Columns.SetItem(3, new SourceColumn("fare", ColumnType.Float64)) }),
            ],
            catalog => Assert.NotEqual(before, Sample.Feature(Definition, catalog).Fingerprint));
    }

    [Fact]
    public void What_a_definition_does_not_read_is_no_part_of_its_fingerprint()
    {
        const string Definition = "sum(rides.fare) over 1w";
        var rides = Sample.Catalog.Sources[1];
        var before = Sample.Feature(Definition).Fingerprint;
        Assert.All(
            [
                Sample.Catalog with { EntityName = "rider", EntityType = EntityKeyType.String },
                Sample.Catalog with { Sources = [.. Sample.Catalog.Sources.Reverse()] },
                Sample.Catalog with { Sources = Sample.Catalog.Sources.RemoveAt(2) },
                With(rides with { SettlesWithin = null }),
                With(rides with { Columns = rides.Columns.Add(new SourceColumn("extra", ColumnType.Bool)) }),
                With(rides with { Columns = rides.Columns.SetItem(5, new SourceColumn("km", ColumnType.Int64)) }),
            ],
            catalog => Assert.Equal(before, Sample.Feature(Definition, catalog).Fingerprint));
    }

    [Fact]
    public void How_late_rows_settle_is_part_of_a_labels_fingerprint_only()
    {
        const string Definition = "sum(rides.fare) over 1w";
        var catalog = With(Sample.Catalog.Sources[1] with { SettlesWithin = new Length(1, LengthUnit.Day) });
        Assert.Equal(Sample.Feature(Definition).Fingerprint, Sample.Feature(Definition, catalog).Fingerprint);
        Assert.NotEqual(Sample.Label(Definition).Fingerprint, Sample.Label(Definition, catalog).Fingerprint);
    }

    [Fact]
    public void Generated_expressions_keep_their_fingerprint_when_operands_swap_and_spacing_changes() =>
        Gen.Select(Tree(4), Gen.Bool.Array[32], Gen.Int[0, 3]).Sample((tree, swaps, blanks) =>
        {
            var at = 0;
            var plain = tree.Write(() => false, " ");
            var swapped = tree.Write(() => swaps[at++ % swaps.Length], new string(' ', blanks + 1));
            Assert.Equal(Sample.Feature(plain).Fingerprint, Sample.Feature(swapped).Fingerprint);
        });

    [Fact]
    public void Generated_expressions_that_differ_in_a_leaf_differ_in_their_fingerprint() =>
        Gen.Select(Tree(4), Gen.Int[1_000, 2_000]).Sample((tree, leaf) =>
        {
            var text = tree.Write(() => false, " ");
            var changed = text[..text.LastIndexOf('1')] + leaf + text[(text.LastIndexOf('1') + 1)..];
            Assert.NotEqual(Sample.Feature(text).Fingerprint, Sample.Feature(changed).Fingerprint);
        });

    private static Catalog With(EventSource rides) => Sample.Catalog with { Sources = Sample.Catalog.Sources.SetItem(1, rides) };

    private static Gen<Node> Tree(int depth)
    {
        var leaf = Gen.Int[0, 2].Select(i => new Node(new[] { "count(rides) over 1w", "sum(rides.fare) over 2d", "1" }[i], []));
        return depth == 0
            ? Gen.Const(new Node("1", []))
            : Gen.Select(Gen.Int[0, 2], Tree(depth - 1), leaf).Select((i, left, right) =>
                new Node(new[] { "+", "*", "-" }[i], [left, right]));
    }

    private sealed record Node(string Text, ImmutableArray<Node> Operands)
    {
        public string Write(Func<bool> swaps, string blank)
        {
            if (Operands.Length == 0)
            {
                return Text;
            }

            var left = Operands[0].Write(swaps, blank);
            var right = Operands[1].Write(swaps, blank);
            return swaps() && Text != "-" ? $"({right}{blank}{Text}{blank}{left})" : $"({left}{blank}{Text}{blank}{right})";
        }
    }
}
