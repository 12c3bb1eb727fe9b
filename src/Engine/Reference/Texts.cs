using System.Text;
using FeatureService.Engine.Definitions;

namespace FeatureService.Engine.Reference;

/// <summary>Functions of texts, by code points.</summary>
internal static class Texts
{
    public static string Case(ScalarFunction function, string text) => string.Concat(text.EnumerateRunes().Select(rune =>
        (function == ScalarFunction.Lower ? Rune.ToLowerInvariant(rune) : Rune.ToUpperInvariant(rune)).ToString()));

    /// <summary><c>%</c> stands for any run of code points, <c>_</c> for one, all else for itself.</summary>
    public static bool Like(string text, string pattern) => Like([.. text.EnumerateRunes()], [.. pattern.EnumerateRunes()]);

    private static bool Like(ReadOnlySpan<Rune> text, ReadOnlySpan<Rune> pattern)
    {
        if (pattern.IsEmpty)
        {
            return text.IsEmpty;
        }

        if (pattern[0].Value == '%')
        {
            return Like(text, pattern[1..]) || (!text.IsEmpty && Like(text[1..], pattern));
        }

        return !text.IsEmpty && (pattern[0].Value == '_' || pattern[0] == text[0]) && Like(text[1..], pattern[1..]);
    }
}
