using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Tests.Expressions;

public sealed class LikePatternTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "%", true)]
    [InlineData("", "_", false)]
    [InlineData("abc", "a%c", true)]
    [InlineData("abcbc", "a%bc", true)]
    [InlineData("abcbd", "a%bc", false)]
    [InlineData("aXbXc", "a%X%c", true)]
    [InlineData("😀x", "_x", true)]
    [InlineData("Abc", "abc", false)]
    [InlineData("a%c", "a\\%c", false)]
    public void A_pattern_matches_whole_texts_by_code_points(string text, string pattern, bool matches) =>
        Assert.Equal(matches, new LikePattern(pattern).Matches(text));

    [Fact]
    public void Many_runs_do_not_take_exponential_time() =>
        Assert.False(new LikePattern(string.Concat(Enumerable.Repeat("%a", 40)) + "b").Matches(new string('a', 2000)));
}
