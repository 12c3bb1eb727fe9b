using System.Collections.Immutable;
using System.Globalization;
using FeatureService.Core.Columns;

namespace FeatureService.Engine.Definitions.Syntax;

/// <content>Constants, names and cases.</content>
internal sealed partial class Parser
{
    private const string Operand = "a constant, a name, a function or '('";

    private SyntaxNode Atom()
    {
        var token = _tokens.Next;
        switch (token.Kind)
        {
            case TokenKind.Integer or TokenKind.Decimal or TokenKind.Text:
                return Constant();
            case TokenKind.QuotedName:
                return Name();
            case TokenKind.Length:
                var length = _tokens.Length("a length");
                throw new SyntaxException(token.Start, $"the length {length} stands outside a window: expected {Operand}");
            case TokenKind.Symbol when token.Is("("):
                return Parenthesised();
            case TokenKind.Word when _tokens.Second.Is("(") && (token.IsKeyword("last") || !Vocabulary.Reserved.Contains(token.Raw)):
                return Call();
            case TokenKind.Word when token.IsKeyword("case"):
                return Case();
            case TokenKind.Word when token.IsKeyword("null") || token.IsKeyword("true") || token.IsKeyword("false"):
                return Constant();
            case TokenKind.Word when !Vocabulary.Reserved.Contains(token.Raw):
                return Name();
            case TokenKind.Word:
                throw new SyntaxException(
                    token.Start,
                    $"expected {Operand}, found the keyword '{token.Raw}'; a name that is a keyword is written in double quotes");
            default:
                throw _tokens.Expected(Operand);
        }
    }

    private SyntaxNode Parenthesised()
    {
        _tokens.Take();
        var inner = Expression();
        _tokens.Symbol(")", "or an operator");
        return inner;
    }

    private ConstantSyntax Constant()
    {
        var token = _tokens.Take();
        var negative = token.Is("-");
        var literal = negative ? _tokens.Take() : token;
        var digits = negative ? "-" + literal.Raw : literal.Raw;
        return literal.Kind switch
        {
            TokenKind.Text when !negative => new ConstantSyntax(token.Start, ColumnType.String, literal.Value),
            TokenKind.Integer => new ConstantSyntax(token.Start, ColumnType.Int64, Integer(token.Start, digits)),
            TokenKind.Decimal => new ConstantSyntax(token.Start, ColumnType.Float64, Float(token.Start, digits)),
            _ when token.IsKeyword("true") => new ConstantSyntax(token.Start, ColumnType.Bool, true),
            _ when token.IsKeyword("false") => new ConstantSyntax(token.Start, ColumnType.Bool, false),
            _ when token.IsKeyword("null") => new ConstantSyntax(token.Start, ColumnType.None, null),
            _ => throw new SyntaxException(literal.Start, $"expected a constant, found {literal.Shown}", literal.Kind == TokenKind.End),
        };
    }

    private static long Integer(int position, string digits) =>
        long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new SyntaxException(
                position, $"the number is beyond int64: expected {long.MinValue} to {long.MaxValue}, or a point for float64, as 1.0");

    private static double Float(int position, string digits)
    {
        var value = double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(value)
            ? value + 0.0
            : throw new SyntaxException(position, "the number is beyond float64: expected at most 1.7976931348623157e308");
    }

    private ImmutableArray<ConstantSyntax> Constants()
    {
        _tokens.Symbol("(", "behind in");
        var values = ImmutableArray.CreateBuilder<ConstantSyntax>();
        do
        {
            values.Add(Constant());
        }
        while (_tokens.TrySymbol(","));
        _tokens.Symbol(")", "or ',' behind a constant of in");
        return values.ToImmutable();
    }

    private SyntaxNode Name()
    {
        var token = _tokens.Take();
        if (!_tokens.TrySymbol("."))
        {
            return new NameSyntax(token.Start, token.Value);
        }

        var position = _tokens.Next.Start;
        return new QualifiedSyntax(token.Start, token.Value, Identifier("the name of a column behind '.'"), position);
    }

    private string Identifier(string what)
    {
        var token = _tokens.Next;
        if (token.Kind == TokenKind.Word && Vocabulary.Reserved.Contains(token.Raw))
        {
            throw new SyntaxException(token.Start, $"'{token.Raw}' is a keyword: expected {what}; as a name it is written \"{token.Raw}\"");
        }

        return token.Kind is TokenKind.Word or TokenKind.QuotedName ? _tokens.Take().Value : throw _tokens.Expected(what);
    }

    private CaseSyntax Case()
    {
        var position = _tokens.Take().Start;
        var branches = ImmutableArray.CreateBuilder<(SyntaxNode When, SyntaxNode Then)>();
        var depth = 0;
        _tokens.Keyword("when", "behind case");
        do
        {
            var condition = Expression();
            _tokens.Keyword("then", "behind the condition of when");
            var result = Expression();
            branches.Add((condition, result));
            depth = Math.Max(depth, Deeper(position, condition, result));
        }
        while (_tokens.TryKeyword("when"));
        var otherwise = _tokens.TryKeyword("else") ? Expression() : null;
        _tokens.Keyword("end", otherwise is null ? "or 'when' or 'else' in case" : "behind else in case");
        return new CaseSyntax(position, branches.ToImmutable(), otherwise) { Depth = Math.Max(depth, Deeper(position, otherwise)) };
    }
}
