using System.Collections.Immutable;
using FeatureService.Core.Calendar;

namespace FeatureService.Engine.Definitions.Syntax;

/// <content>Functions, aggregates and their windows.</content>
internal sealed partial class Parser
{
    private CallSyntax Call()
    {
        var token = _tokens.Take();
        var name = token.Raw.ToLowerInvariant();
        if (name == "series")
        {
            throw new SyntaxException(
                token.Start, "series stands alone: expected it at the start of a definition, with no operator around it");
        }

        _tokens.Take();
        if (_tokens.Next.Is("*") && _tokens.Second.Is(")"))
        {
            throw new SyntaxException(_tokens.Next.Start, $"'*' is no input: expected a source, as {name}(SOURCE) over 13w");
        }

        var arguments = Arguments(name);
        var wherePosition = _tokens.Next.Start;
        var where = _tokens.TryKeyword("where") ? Expression() : null;
        _tokens.Symbol(")", where is null ? $"or ',' or 'where' in {name}(...)" : $"behind the condition of where in {name}(...)");
        return new CallSyntax(token.Start, name, arguments)
        {
            Where = where,
            WherePosition = wherePosition,
            Window = OverWindow(name),
            Depth = Deeper(token.Start, [.. arguments, where]),
        };
    }

    private ImmutableArray<SyntaxNode> Arguments(string name)
    {
        if (_tokens.Next.Is(")"))
        {
            throw _tokens.Expected($"an argument of {name}");
        }

        var arguments = ImmutableArray.CreateBuilder<SyntaxNode>();
        arguments.Add(Expression());
        while (_tokens.TrySymbol(","))
        {
            var position = _tokens.Next.Start;
            arguments.Add(_tokens.Next.Kind == TokenKind.Length ? new LengthSyntax(position, _tokens.Length("a length")) : Expression());
        }

        return arguments.ToImmutable();
    }

    private WindowSyntax? OverWindow(string name)
    {
        var isWindowed = name != Vocabulary.Value && Vocabulary.Aggregates.ContainsKey(name);
        if (!_tokens.TryKeyword("over"))
        {
            return isWindowed ? throw _tokens.Expected($"'over' and a window behind {name}(...), as over 13w") : null;
        }

        var position = _tokens.Next.Start;
        var window = Window();
        return _tokens.TryKeyword("lag")
            ? new WindowSyntax(position, window with { Lag = _tokens.Length("a length behind lag, as 4w") })
            : new WindowSyntax(position, window);
    }

    private Window Window()
    {
        if (_tokens.TryKeyword("all"))
        {
            return new Window(WindowKind.All, null, 0, null);
        }

        if (_tokens.TryKeyword("next"))
        {
            return new Window(WindowKind.Next, _tokens.Length("a length behind next, as 1w"), 0, null);
        }

        if (_tokens.TryKeyword("last"))
        {
            var count = _tokens.PositiveInteger("a number of events behind last, as last 5 events");
            _tokens.Keyword("events", "behind the number in last N events");
            return new Window(WindowKind.LastEvents, null, count, null);
        }

        return new Window(WindowKind.Over, _tokens.Length("a window: a length as 13w, all, last N events or next 1w"), 0, null);
    }

    private DefinitionSyntax Series()
    {
        var position = _tokens.Take().Start;
        _tokens.Take();
        var aggregate = Aggregate(Expression(), "in series, as series(count(SOURCE) over 1w, 12)");
        _tokens.Symbol(",", "and the number of columns in series");
        var countPosition = _tokens.Next.Start;
        var count = _tokens.PositiveInteger("the number of columns in series");
        if (count > Limits.ColumnCountMax)
        {
            throw new SyntaxException(countPosition, $"series has {count} columns: expected at most {Limits.ColumnCountMax}");
        }

        _tokens.Symbol(")", "behind the number of columns in series");
        return new DefinitionSyntax(aggregate) { Series = new SeriesSyntax(position, count, countPosition) };
    }

    private DefinitionSyntax By(SyntaxNode expression)
    {
        var aggregate = Aggregate(expression, "before by, with no operator around it");
        var position = _tokens.Take().Start;
        var columnPosition = _tokens.Next.Start;
        var column = new NameSyntax(columnPosition, Identifier("the name of a column behind by"));
        _tokens.Keyword("in", "behind the column of by");
        _tokens.Symbol("(", "behind in");
        var values = ImmutableArray.CreateBuilder<ByValueSyntax>();
        do
        {
            values.Add(ByValue());
        }
        while (_tokens.TrySymbol(","));
        _tokens.Symbol(")", "or ',' behind a value of by");
        return new DefinitionSyntax(aggregate) { By = new BySyntax(position, column, values.ToImmutable()) };
    }

    private ByValueSyntax ByValue()
    {
        var value = Constant();
        if (value.Value is null)
        {
            throw new SyntaxException(value.Position, "null is no value of by: expected a constant; rows without a value are kept by 'is null' in where");
        }

        if (!_tokens.TryKeyword("as"))
        {
            return new ByValueSyntax(value, null, value.Position);
        }

        var position = _tokens.Next.Start;
        return new ByValueSyntax(value, Identifier("a name behind as"), position);
    }

    private CallSyntax Aggregate(SyntaxNode expression, string where) =>
        expression is CallSyntax { IsAggregate: true } call
            ? call
            : throw new SyntaxException(expression.Position, $"expected an aggregate {where}");
}
