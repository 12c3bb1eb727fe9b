using System.Globalization;
using System.Text;

namespace FeatureService.Engine.Definitions.Syntax;

/// <summary>Cuts a definition into tokens.</summary>
internal static class Lexer
{
    private static readonly (string Written, string Meant)[] ForeignOperators =
        [("==", "="), ("&&", "and"), ("||", "or"), ("!", "not"), ("^", "*")];

    private static readonly string[] Symbols =
        ["<>", "!=", "<=", ">=", "(", ")", ",", ".", "+", "-", "*", "/", "%", "=", "<", ">"];

    /// <summary>Characters between tokens: those that YAML folds.</summary>
    /// <param name="c">A character.</param>
    public static bool IsBlank(char c) => c is ' ' or '\t' or '\n' or '\r' or '\u0085' or '\u2028' or '\u2029';

    /// <summary>All tokens of a definition, the last one being <see cref="TokenKind.End"/>.</summary>
    /// <param name="text">The definition.</param>
    /// <exception cref="SyntaxException">A character or literal that the language does not have.</exception>
    public static List<Token> Tokens(string text)
    {
        var tokens = new List<Token>();
        var end = text.Length;
        while (end > 0 && IsBlank(text[end - 1]))
        {
            end--;
        }

        for (var at = 0; at < end;)
        {
            if (IsBlank(text[at]))
            {
                at++;
                continue;
            }

            var token = Next(text, at);
            tokens.Add(token);
            at += token.Raw.Length;
        }

        tokens.Add(new Token(TokenKind.End, end, "", ""));
        return tokens;
    }

    private static Token Next(string text, int start)
    {
        var c = text[start];
        if (char.IsAsciiDigit(c))
        {
            return Number(text, start);
        }

        if (IsLetter(c))
        {
            var raw = text[start..EndOfWord(text, start)];
            return new Token(TokenKind.Word, start, raw, raw);
        }

        return c switch
        {
            '\'' => Quoted(text, start, TokenKind.Text),
            '"' => Quoted(text, start, TokenKind.QuotedName),
            _ => Symbol(text, start),
        };
    }

    private static Token Symbol(string text, int start)
    {
        var rest = text.AsSpan(start);
        foreach (var (written, meant) in ForeignOperators)
        {
            if (rest.StartsWith(written, StringComparison.Ordinal) && !rest.StartsWith("!=", StringComparison.Ordinal))
            {
                throw new SyntaxException(start, $"'{written}' is no operator of this language: expected '{meant}'");
            }
        }

        foreach (var symbol in Symbols)
        {
            if (rest.StartsWith(symbol, StringComparison.Ordinal))
            {
                return new Token(TokenKind.Symbol, start, symbol, symbol);
            }
        }

        throw new SyntaxException(start, $"unexpected character {Shown(text, start)}: expected a name, a number, a text or an operator");
    }

    private static Token Number(string text, int start)
    {
        var at = EndOfDigits(text, start);
        var kind = TokenKind.Integer;
        if (at + 1 < text.Length && text[at] == '.' && char.IsAsciiDigit(text[at + 1]))
        {
            kind = TokenKind.Decimal;
            at = EndOfDigits(text, at + 1);
        }

        var exponent = at + 1 < text.Length && text[at] is 'e' or 'E' ? at + (text[at + 1] is '+' or '-' ? 2 : 1) : text.Length;
        if (exponent < text.Length && char.IsAsciiDigit(text[exponent]))
        {
            kind = TokenKind.Decimal;
            at = EndOfDigits(text, exponent);
        }

        if (at < text.Length && IsLetter(text[at]))
        {
            if (kind != TokenKind.Integer)
            {
                throw new SyntaxException(at, $"unexpected '{text[at]}' behind a number: lengths are whole, as 13w");
            }

            kind = TokenKind.Length;
            at = EndOfWord(text, at);
        }

        var raw = text[start..at];
        return new Token(kind, start, raw, raw);
    }

    private static Token Quoted(string text, int start, TokenKind kind)
    {
        var quote = text[start];
        var value = new StringBuilder();
        for (var at = start + 1; at < text.Length; at++)
        {
            if (text[at] != quote)
            {
                value.Append(text[at]);
            }
            else if (at + 1 < text.Length && text[at + 1] == quote)
            {
                value.Append(quote);
                at++;
            }
            else if (kind == TokenKind.QuotedName && value.Length == 0)
            {
                throw new SyntaxException(start, "a name is empty: expected a name between the quotes");
            }
            else
            {
                return new Token(kind, start, text[start..(at + 1)], value.ToString());
            }
        }

        var what = kind == TokenKind.Text ? "text" : "name";
        throw new SyntaxException(start, $"a quoted {what} does not end: expected a closing {quote}", cutOff: true);
    }

    private static int EndOfDigits(string text, int at)
    {
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return at;
    }

    private static int EndOfWord(string text, int at)
    {
        while (at < text.Length && (IsLetter(text[at]) || char.IsAsciiDigit(text[at])))
        {
            at++;
        }

        return at;
    }

    private static bool IsLetter(char c) => char.IsAsciiLetter(c) || c == '_';

    private static string Shown(string text, int at)
    {
        if (char.IsSurrogatePair(text, Math.Min(at, text.Length - 1)))
        {
            return $"'{text.Substring(at, 2)}'";
        }

        var c = text[at];
        return char.IsControl(c) || char.IsSurrogate(c) || char.IsWhiteSpace(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format
            ? string.Create(CultureInfo.InvariantCulture, $"U+{(int)c:X4}")
            : $"'{c}'";
    }
}
