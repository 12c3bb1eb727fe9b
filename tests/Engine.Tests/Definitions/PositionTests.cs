using System.Globalization;
using System.Text;
using CsCheck;
using FeatureService.Engine.Definitions;

namespace FeatureService.Engine.Tests.Definitions;

/// <summary>Places of errors are those of the file as written, however YAML writes the definition.</summary>
public sealed class PositionTests
{
    /// <summary>A character that no definition may hold; the error is told at it.</summary>
    private const string Wrong = "$";

    private static readonly string[] Words = ["1", "+", "abs", "(", ")", "'text'", "'it''s'", "'é\U0001F600'", "\"na me\"", "<=", "4w", "x.y"];

    private static readonly Gen<(string[] Words, bool[] Breaks, string Newline)> Soup =
        from words in Gen.Int[0, Words.Length - 1].Select(i => Words[i]).Array[1, 12]
        from at in Gen.Int[0, words.Length]
        from breaks in Gen.Bool.Array[words.Length + 2]
        from newline in Gen.Bool.Select(isWindows => isWindows ? "\r\n" : "\n")
        select (Words: (string[])["1", .. words[..at], Wrong, .. words[at..]], breaks, newline);

    [Fact]
    public void In_plain_scalars() => Check((file, word) => file.Append(word), "", "", isFolded: true);

    [Fact]
    public void In_single_quotes() =>
        Check((file, word) => file.Append(word.Replace("'", "''", StringComparison.Ordinal)), "'", "'", isFolded: true);

    [Fact]
    public void In_double_quotes() =>
        Check((file, word) => file.Append(word.Replace("\"", "\\\"", StringComparison.Ordinal)), "\"", "\"", isFolded: true);

    [Fact]
    public void In_double_quotes_with_everything_escaped() => Check(
        (file, word) =>
        {
            foreach (var rune in word.EnumerateRunes())
            {
                file.Append(rune.Value switch
                {
                    < 0x80 => string.Create(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
                    <= 0xffff => string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
                    _ => string.Create(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}"),
                });
            }
        },
        "\"\\t\\x20",
        "\\n\"",
        isFolded: true);

    [Theory]
    [InlineData("|")]
    [InlineData("|-")]
    [InlineData("|+")]
    [InlineData("|2")]
    [InlineData("| # a comment with $")]
    [InlineData(">")]
    [InlineData(">-")]
    [InlineData(">2-")]
    public void In_blocks(string header) => Check((file, word) => file.Append(word), header, "", isFolded: false);

    private static void Check(Action<StringBuilder, string> write, string open, string close, bool isFolded) => Soup.Sample(soup =>
    {
        var file = new StringBuilder($"view: v{soup.Newline}features:{soup.Newline}  # note{soup.Newline}  \"é\U0001F600\":  {open}");
        var expected = -1;
        for (var i = 0; i < soup.Words.Length; i++)
        {
            var isNewLine = i == 0 ? !isFolded : soup.Breaks[i];
            file.Append(isNewLine ? soup.Newline + "    " : i == 0 ? "" : " ");
            expected = soup.Words[i] == Wrong ? file.Length : expected;
            write(file, soup.Words[i]);
        }

        file.Append(close).Append(soup.Newline);
        var text = file.ToString();
        var diagnostic = Assert.Single(Sample.Compile(text).Diagnostics);
        Assert.StartsWith("unexpected character '$'", diagnostic.Message, StringComparison.Ordinal);
        Assert.Equal(LineAndColumn(text, expected), (diagnostic.Line, diagnostic.Column));
    });

    [Theory]
    [InlineData("a: count(rides", "3:17")]
    [InlineData("a: 'count(rides'", "3:18")]
    [InlineData("a: \"count(rides\"", "3:18")]
    [InlineData("a: |\n    count(rides\n\n", "4:16")]
    [InlineData("a: >-\n\n    count(\n    rides\n", "6:10")]
    public void The_end_of_a_definition_is_behind_its_last_character(string line, string place) =>
        Assert.StartsWith($"v.view.yaml:{place}: expected ')'", Assert.Single(Sample.Errors(Sample.View(line))), StringComparison.Ordinal);

    [Fact]
    public void A_lone_carriage_return_ends_a_line() =>
        Assert.Equal((3, 6), LineAndColumn(Assert.Single(Sample.Compile("view: v\rfeatures:\r  a: $\r").Diagnostics)));

    [Fact]
    public void A_byte_order_mark_counts_for_nothing() =>
        Assert.Equal((1, 25), LineAndColumn(Assert.Single(Sample.Compile("\uFEFF{view: v, features: {a: $}}").Diagnostics)));

    private static (int Line, int Column) LineAndColumn(Diagnostic diagnostic) => (diagnostic.Line, diagnostic.Column);

    private static (int Line, int Column) LineAndColumn(string text, int index)
    {
        var before = text[..index];
        return (before.Count(c => c == '\n') + 1, index - (before.LastIndexOf('\n') + 1) + 1);
    }
}
