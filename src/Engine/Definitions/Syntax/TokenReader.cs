using System.Globalization;
using FeatureService.Core.Calendar;

namespace FeatureService.Engine.Definitions.Syntax;

/// <summary>Steps through a definition's tokens; what is expected and not found ends the parsing.</summary>
internal sealed class TokenReader(List<Token> tokens)
{
    private int _at;

    /// <summary>The next token.</summary>
    public Token Next => tokens[_at];

    /// <summary>The token behind the next one.</summary>
    public Token Second => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    /// <summary>Takes the next token.</summary>
    public Token Take() => _at < tokens.Count - 1 ? tokens[_at++] : tokens[_at];

    /// <summary>Takes the next token where it is this keyword.</summary>
    public bool TryKeyword(string keyword)
    {
        if (!Next.IsKeyword(keyword))
        {
            return false;
        }

        _at++;
        return true;
    }

    /// <summary>Takes the next token where it is this symbol.</summary>
    public bool TrySymbol(string symbol)
    {
        if (!Next.Is(symbol))
        {
            return false;
        }

        _at++;
        return true;
    }

    /// <summary>Takes this keyword.</summary>
    public void Keyword(string keyword, string where)
    {
        if (!TryKeyword(keyword))
        {
            throw Expected($"'{keyword}' {where}");
        }
    }

    /// <summary>Takes this symbol.</summary>
    public void Symbol(string symbol, string where)
    {
        if (!TrySymbol(symbol))
        {
            throw Expected($"'{symbol}' {where}");
        }
    }

    /// <summary>Takes a positive integer.</summary>
    public int PositiveInteger(string what)
    {
        if (Next.Kind != TokenKind.Integer)
        {
            throw Expected(what);
        }

        return int.TryParse(Next.Raw, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? Keep(number)
            : throw new SyntaxException(Next.Start, $"{Next.Shown} is out of range: expected {what}, from 1 to {int.MaxValue}");
    }

    /// <summary>Takes a length of time.</summary>
    public Length Length(string what)
    {
        if (Next.Kind != TokenKind.Length)
        {
            throw Next.Kind == TokenKind.Integer
                ? new SyntaxException(Next.Start, $"the length {Next.Raw} has no unit: expected min, h, d or w right behind it, as 13w")
                : Expected(what);
        }

        return LengthText.TryParse(Next.Raw, out var length, out var error)
            ? Keep(length)
            : throw new SyntaxException(Next.Start, error!);
    }

    /// <summary>The error that the next token is not what was expected.</summary>
    public SyntaxException Expected(string what) =>
        new(Next.Start, $"expected {what}, found {Next.Shown}", cutOff: Next.Kind == TokenKind.End);

    private T Keep<T>(T value)
    {
        _at++;
        return value;
    }
}
