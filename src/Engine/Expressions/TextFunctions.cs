using System.Text;

namespace FeatureService.Engine.Expressions;

/// <summary>Functions of single texts, by code points.</summary>
internal static class TextFunctions
{
    /// <summary>Number of code points.</summary>
    public static long Length(string text)
    {
        long count = 0;
        foreach (var _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }

    /// <summary>Every code point in its simple lower-case form, whatever the culture.</summary>
    public static string Lower(string text) => Map(text, Rune.ToLowerInvariant);

    /// <summary>Every code point in its simple upper-case form, whatever the culture.</summary>
    public static string Upper(string text) => Map(text, Rune.ToUpperInvariant);

    private static string Map(string text, Func<Rune, Rune> map)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            result.Append(map(rune));
        }

        return result.ToString();
    }
}

/// <summary>A pattern of <c>like</c>: <c>%</c> stands for any run of code points, <c>_</c> for one.</summary>
internal sealed class LikePattern(string pattern)
{
    private static readonly Rune AnyRun = new('%');
    private static readonly Rune AnyOne = new('_');

    private readonly Rune[] _pattern = [.. pattern.EnumerateRunes()];

    /// <summary>Whether a text matches as a whole; in time linear in text x pattern.</summary>
    public bool Matches(string text)
    {
        Rune[] runes = [.. text.EnumerateRunes()];
        var (at, next) = (0, 0);
        // Where to go back to: the last % and the place in the text that it was tried up to.
        var (star, tried) = (-1, 0);
        while (at < runes.Length)
        {
            if (next < _pattern.Length && _pattern[next] == AnyRun)
            {
                (star, tried) = (next++, at);
            }
            else if (next < _pattern.Length && (_pattern[next] == AnyOne || _pattern[next] == runes[at]))
            {
                at++;
                next++;
            }
            else if (star >= 0)
            {
                at = ++tried;
                next = star + 1;
            }
            else
            {
                return false;
            }
        }

        while (next < _pattern.Length && _pattern[next] == AnyRun)
        {
            next++;
        }

        return next == _pattern.Length;
    }
}
