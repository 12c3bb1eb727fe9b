using System.Globalization;
using FeatureService.Engine.Definitions.Syntax;
using YamlDotNet.Core;

namespace FeatureService.Engine.Definitions.Yaml;

/// <summary>
/// Where in a file each character of a scalar's value is written. YAML adds and removes only blanks, quotes and escapes, so the
/// other characters of value and file pair up in their order, whatever the style.
/// </summary>
internal static class ScalarPositions
{
    /// <summary>The places of all characters of a value, and behind them that of its end.</summary>
    /// <param name="text">The file.</param>
    /// <param name="scalar">The scalar.</param>
    /// <returns>Indices in the file; that of a blank, and of the end, is behind the last character before it that is not blank.</returns>
    public static int[] Find(string text, YamlScalar scalar)
    {
        var at = scalar.Style switch
        {
            ScalarStyle.Plain => scalar.Start,
            ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted => scalar.Start + 1,
            _ => EndOfLine(text, scalar.Start),
        };
        var end = at;
        var positions = new int[scalar.Value.Length + 1];
        for (var i = 0; i < scalar.Value.Length; i++)
        {
            if (Lexer.IsBlank(scalar.Value[i]))
            {
                positions[i] = end;
                continue;
            }

            at = SkipBlanks(text, at, scalar.Style);
            var (length, units) = Written(text, at, scalar.Style);
            positions[i] = at;
            if (units == 2)
            {
                i++;
                positions[i] = at;
            }

            at += length;
            end = at;
        }

        positions[^1] = end;
        return positions;
    }

    private static int SkipBlanks(string text, int at, ScalarStyle style)
    {
        while (at < text.Length)
        {
            if (Lexer.IsBlank(text[at]))
            {
                at++;
            }
            else if (style == ScalarStyle.DoubleQuoted && text[at] == '\\' && IsBlankEscape(text, at))
            {
                at += Written(text, at, style).Length;
            }
            else
            {
                break;
            }
        }

        return at;
    }

    /// <summary>How many characters write the value's next one, and how many UTF-16 units that is.</summary>
    private static (int Length, int Units) Written(string text, int at, ScalarStyle style)
    {
        if (style == ScalarStyle.SingleQuoted && text[at] == '\'')
        {
            return (2, 1);
        }

        if (style != ScalarStyle.DoubleQuoted || text[at] != '\\' || at + 1 >= text.Length)
        {
            return (1, 1);
        }

        return text[at + 1] switch
        {
            'x' => (4, 1),
            'u' => (6, 1),
            'U' => (10, CodePoint(text, at) > char.MaxValue ? 2 : 1),
            '\r' when at + 2 < text.Length && text[at + 2] == '\n' => (3, 1),
            _ => (2, 1),
        };
    }

    private static bool IsBlankEscape(string text, int at) => at + 1 < text.Length && text[at + 1] switch
    {
        't' or 'n' or 'r' or 'N' or 'L' or 'P' or ' ' or '\t' or '\n' or '\r' => true,
        'x' or 'u' or 'U' => CodePoint(text, at) is var point and >= 0 and <= char.MaxValue && Lexer.IsBlank((char)point),
        _ => false,
    };

    private static int CodePoint(string text, int at)
    {
        var digits = text[at + 1] switch { 'x' => 2, 'u' => 4, _ => 8 };
        return at + 2 + digits <= text.Length
            && int.TryParse(text.AsSpan(at + 2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var point)
            ? point
            : -1;
    }

    private static int EndOfLine(string text, int at)
    {
        while (at < text.Length && text[at] is not '\n' and not '\r')
        {
            at++;
        }

        return at;
    }
}
