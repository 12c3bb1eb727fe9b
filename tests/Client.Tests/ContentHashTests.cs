using CsCheck;
using FeatureService.Client.Datasets;
using FeatureService.Client.FanOut;
using FeatureService.Client.Tests.Fake;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;

namespace FeatureService.Client.Tests;

public sealed class ContentHashTests
{
    private static readonly Gen<(double? Number, string? Text)[]> Rows = Gen.Select(
        Gen.Double.Nullable(), Gen.String[Gen.Char.AlphaNumeric, 0, 4].Null()).Array[0, 300];

    [Fact]
    public void The_hash_does_not_depend_on_how_rows_are_cut() =>
        Gen.Select(Rows, Gen.Int[0, 300].Array[0, 4]).Sample((rows, cuts) =>
        {
            int[] ends = [.. cuts.Where(c => c < rows.Length).Order(), rows.Length];
            var parts = ends.Select((end, i) => rows[(i == 0 ? 0 : ends[i - 1])..end]);
            Assert.Equal(Hash([rows]), Hash(parts));
        });

    [Fact]
    public void The_hash_changes_with_every_value() => Gen.Select(Rows, Gen.Int[0, 299]).Sample((rows, at) =>
    {
        if (at >= rows.Length)
        {
            return;
        }

        var other = rows.ToArray();
        other[at].Number = other[at].Number is null ? 0 : null;
        Assert.NotEqual(Hash([rows]), Hash([other]));
        other = rows.ToArray();
        other[at].Text = other[at].Text is { } text ? text + "x" : "";
        Assert.NotEqual(Hash([rows]), Hash([other]));
    });

    [Fact]
    public void Text_that_moves_between_neighbours_changes_the_hash() => Assert.NotEqual(
        Hash([[(1, "ab"), (1, "c")]]), Hash([[(1, "a"), (1, "bc")]]));

    private static string Hash(IEnumerable<(double? Number, string? Text)[]> parts)
    {
        DatasetColumn[] columns =
        [
            new("number", ColumnType.Float64, DatasetColumnRole.Feature, "1"), new("text", ColumnType.String, DatasetColumnRole.Feature, "2"),
        ];
        var hasher = new ContentHasher(columns);
        var rows = 0L;
        foreach (var part in parts)
        {
            hasher.Add(new FeatureBatch(
                new AnswerHeader("s", "v", 1, columns), new SliceId(0, 0), rows, part.Length, [[Numbers(part)], [Texts(part)]]));
            rows += part.Length;
        }

        return ContentHasher.Combine(columns, rows, hasher.Finish());
    }

    private static Column Numbers((double? Number, string? Text)[] rows) => FakeGrid.Fixed(
        ColumnType.Float64, [.. rows.Select(r => r.Number ?? 0)], rows.Count(r => r.Number is null), Validity(rows, r => r.Number is not null));

    private static Column Texts((double? Number, string? Text)[] rows) => FakeGrid.Text(
        [.. rows.Select(r => r.Text ?? "")], rows.Count(r => r.Text is null), Validity(rows, r => r.Text is not null));

    private static byte[] Validity((double? Number, string? Text)[] rows, Func<(double? Number, string? Text), bool> valid)
    {
        var bits = new byte[Bitmap.Bytes(rows.Length)];
        for (var i = 0; i < rows.Length; i++)
        {
            if (valid(rows[i]))
            {
                Bitmap.Set(bits, i);
            }
        }

        return bits;
    }
}
