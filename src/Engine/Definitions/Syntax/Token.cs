namespace FeatureService.Engine.Definitions.Syntax;

/// <summary>The kinds of token of a definition.</summary>
internal enum TokenKind : byte
{
    /// <summary>Behind the last token.</summary>
    End,

    /// <summary>An identifier; keywords are told apart where they are expected.</summary>
    Word,

    /// <summary>A double-quoted name.</summary>
    QuotedName,

    /// <summary>Digits alone.</summary>
    Integer,

    /// <summary>A number with a point or an exponent.</summary>
    Decimal,

    /// <summary>Digits and a unit behind them: <c>13w</c>.</summary>
    Length,

    /// <summary>A text literal.</summary>
    Text,

    /// <summary>An operator or bracket.</summary>
    Symbol,
}

/// <summary>A token of a definition.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Start">Index of its first character in the definition.</param>
/// <param name="Raw">The characters as written.</param>
/// <param name="Value">The name or text without quotes; else as <paramref name="Raw"/>.</param>
internal readonly record struct Token(TokenKind Kind, int Start, string Raw, string Value)
{
    private const int ShownLengthMax = 40;

    /// <summary>The token in a message: <c>'over'</c>, or <c>the end of the definition</c>.</summary>
    public string Shown => Kind switch
    {
        TokenKind.End => "the end of the definition",
        TokenKind.Text when Raw.Length <= ShownLengthMax => "the text " + Raw,
        TokenKind.Text => "a text",
        _ => $"'{(Raw.Length <= ShownLengthMax ? Raw : Raw[..ShownLengthMax] + "...")}'",
    };

    /// <summary>Whether this is a symbol.</summary>
    /// <param name="symbol">The symbol.</param>
    public bool Is(string symbol) => Kind == TokenKind.Symbol && Raw == symbol;

    /// <summary>Whether this is a keyword, in any case.</summary>
    /// <param name="keyword">The keyword in lower case.</param>
    public bool IsKeyword(string keyword) => Kind == TokenKind.Word && Raw.Equals(keyword, StringComparison.OrdinalIgnoreCase);
}
