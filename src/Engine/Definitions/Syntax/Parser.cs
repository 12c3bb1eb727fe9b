namespace FeatureService.Engine.Definitions.Syntax;

/// <summary>
/// Recursive descent over the grammar of definitions. Operators of one rank are read by a loop, so only parentheses, calls, cases
/// and signs nest the parser itself.
/// </summary>
internal sealed partial class Parser
{
    private static readonly Dictionary<string, ScalarFunction> Comparisons = new()
    {
        ["="] = ScalarFunction.Equal,
        ["<>"] = ScalarFunction.NotEqual,
        ["!="] = ScalarFunction.NotEqual,
        ["<"] = ScalarFunction.Less,
        ["<="] = ScalarFunction.LessOrEqual,
        [">"] = ScalarFunction.Greater,
        [">="] = ScalarFunction.GreaterOrEqual,
    };

    private static readonly Dictionary<string, ScalarFunction> Sums = new()
    {
        ["+"] = ScalarFunction.Add,
        ["-"] = ScalarFunction.Subtract,
    };

    private static readonly Dictionary<string, ScalarFunction> Terms = new()
    {
        ["*"] = ScalarFunction.Multiply,
        ["/"] = ScalarFunction.Divide,
        ["%"] = ScalarFunction.Modulo,
    };

    private readonly TokenReader _tokens;
    private int _nesting;

    private Parser(List<Token> tokens) => _tokens = new TokenReader(tokens);

    /// <summary>Parses a definition.</summary>
    /// <param name="text">The definition.</param>
    /// <exception cref="SyntaxException">The first thing that does not follow the grammar.</exception>
    public static DefinitionSyntax Parse(string text)
    {
        if (text.Length > Limits.DefinitionLengthMax)
        {
            throw new SyntaxException(
                0, $"the definition has {text.Length} characters: expected at most {Limits.DefinitionLengthMax} (64 KiB)");
        }

        var tokens = Lexer.Tokens(text);
        return tokens.Count == 1
            ? throw new SyntaxException(0, "the definition is empty: expected an expression", cutOff: true)
            : new Parser(tokens).Definition();
    }

    private DefinitionSyntax Definition()
    {
        DefinitionSyntax definition;
        if (_tokens.Next.IsKeyword("series") && _tokens.Second.Is("("))
        {
            definition = Series();
        }
        else
        {
            var expression = Expression();
            definition = _tokens.Next.IsKeyword("by") ? By(expression) : new DefinitionSyntax(expression);
        }

        return _tokens.Next.Kind == TokenKind.End ? definition : throw _tokens.Expected("an operator or the end of the definition");
    }

    private SyntaxNode Expression()
    {
        var left = Conjunction();
        while (_tokens.Next.IsKeyword("or"))
        {
            left = Binary(ScalarFunction.Or, left, Conjunction);
        }

        return left;
    }

    private SyntaxNode Conjunction()
    {
        var left = Negation();
        while (_tokens.Next.IsKeyword("and"))
        {
            left = Binary(ScalarFunction.And, left, Negation);
        }

        return left;
    }

    private SyntaxNode Negation()
    {
        if (!_tokens.Next.IsKeyword("not"))
        {
            return Test();
        }

        var position = _tokens.Take().Start;
        var operand = Nested(position, Negation);
        return new UnarySyntax(position, ScalarFunction.Not, operand) { Depth = Deeper(position, operand) };
    }

    private SyntaxNode Test()
    {
        var left = Sum();
        if (_tokens.Next.Kind == TokenKind.Symbol && Comparisons.TryGetValue(_tokens.Next.Raw, out var comparison))
        {
            return Binary(comparison, left, Sum);
        }

        var negated = _tokens.Next.IsKeyword("not")
            && (_tokens.Second.IsKeyword("in") || _tokens.Second.IsKeyword("between") || _tokens.Second.IsKeyword("like"));
        var position = _tokens.Next.Start;
        if (negated)
        {
            _tokens.Take();
        }

        if (_tokens.TryKeyword("in"))
        {
            return new InSyntax(position, negated, left, Constants()) { Depth = Deeper(position, left) };
        }

        if (_tokens.TryKeyword("between"))
        {
            var low = Sum();
            _tokens.Keyword("and", "between the ends of between");
            var high = Sum();
            return new BetweenSyntax(position, negated, left, low, high) { Depth = Deeper(position, left, low, high) };
        }

        if (_tokens.TryKeyword("like"))
        {
            var pattern = _tokens.Next.Kind == TokenKind.Text ? _tokens.Take() : throw _tokens.Expected("a text behind like, as 'A%'");
            return new LikeSyntax(position, negated, left, pattern.Value) { Depth = Deeper(position, left) };
        }

        return _tokens.TryKeyword("is") ? IsNull(position, left) : left;
    }

    private IsNullSyntax IsNull(int position, SyntaxNode operand)
    {
        var negated = _tokens.TryKeyword("not");
        _tokens.Keyword("null", "behind is");
        return new IsNullSyntax(position, negated, operand) { Depth = Deeper(position, operand) };
    }

    private SyntaxNode Sum() => Chain(Sums, Term);

    private SyntaxNode Term() => Chain(Terms, Factor);

    private SyntaxNode Chain(Dictionary<string, ScalarFunction> operators, Func<SyntaxNode> operand)
    {
        var left = operand();
        while (_tokens.Next.Kind == TokenKind.Symbol && operators.TryGetValue(_tokens.Next.Raw, out var function))
        {
            left = Binary(function, left, operand);
        }

        return left;
    }

    private BinarySyntax Binary(ScalarFunction function, SyntaxNode left, Func<SyntaxNode> operand)
    {
        var token = _tokens.Take();
        var right = operand();
        var depth = Deeper(token.Start, left, right);
        return new BinarySyntax(token.Start, token.Raw.ToLowerInvariant(), function, left, right) { Depth = depth };
    }

    private SyntaxNode Factor()
    {
        if (!_tokens.Next.Is("-"))
        {
            return Nested(_tokens.Next.Start, Atom);
        }

        if (_tokens.Second.Kind is TokenKind.Integer or TokenKind.Decimal)
        {
            return Constant();
        }

        var position = _tokens.Take().Start;
        var operand = Nested(position, Factor);
        return new UnarySyntax(position, ScalarFunction.Negate, operand) { Depth = Deeper(position, operand) };
    }

    private T Nested<T>(int position, Func<T> parse)
    {
        if (_nesting == Limits.NestingMax + 1)
        {
            throw new SyntaxException(position, $"the definition is nested too deep: expected at most {Limits.NestingMax} levels");
        }

        _nesting++;
        var parsed = parse();
        _nesting--;
        return parsed;
    }

    private static int Deeper(int position, params ReadOnlySpan<SyntaxNode?> children)
    {
        var depth = 0;
        foreach (var child in children)
        {
            depth = Math.Max(depth, child?.Depth ?? 0);
        }

        return depth < Limits.TreeDepthMax
            ? depth + 1
            : throw new SyntaxException(
                position,
                $"too many operators in one chain: expected at most {Limits.TreeDepthMax} below each other; parentheses can split it");
    }
}
