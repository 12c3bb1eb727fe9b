using System.Text.RegularExpressions;

namespace FeatureService.Architecture.Tests;

public sealed partial class SourceTests
{
    // Past this a file has more than one subject.
    private const int LinesMax = 350;

    private static readonly string[] Unfinished = ["TODO", "FIXME", "HACK", "#region", "#pragma warning disable", "#nullable disable"];

    private static IEnumerable<string> Sources => Repository.Projects.SelectMany(Repository.Sources);

    [Fact]
    public void No_file_is_too_long_to_have_one_subject() =>
        Assert.DoesNotContain(Sources, file => Repository.Text(file).Count(c => c == '\n') > LinesMax);

    [Fact]
    public void Nothing_is_left_to_do_or_switched_off_in_the_sources() => Assert.DoesNotContain(
        Sources, file => Unfinished.Any(word => Repository.Text(file).Contains(word, StringComparison.Ordinal)));

    [Fact]
    public void Every_class_is_sealed_static_or_inherited_from()
    {
        var code = Sources.Select(Repository.Code).ToArray();
        var open = code.SelectMany(text => OpenClass().Matches(text)).Select(match => match.Groups[1].Value);
        Assert.All(open, name => Assert.Contains(code, text => Regex.IsMatch(text, $@"(class|record) [^\n{{]*: *([\w<>, ]+, *)?{name}\b")));
    }

    [GeneratedRegex(@"^\s*(?:public|internal|private)\s+(?:partial\s+|unsafe\s+)*(?:class|record)\s+(?!struct\b)(\w+)", RegexOptions.Multiline)]
    private static partial Regex OpenClass();
}
