using System.Globalization;
using System.Text.RegularExpressions;

namespace FeatureService.Oracle.Tests.SecondOracle;

/// <summary>
/// Reads definitions by the language's grammar, one method a rule; shares nothing with the engine's parser. Of texts that are in
/// error it only knows that they are.
/// </summary>
internal sealed partial class DefinitionReader
{
    private static readonly HashSet<string> s_aggregates =
    [
        "count", "count_distinct", "sum", "avg", "median", "quantile", "min", "max", "var_pop", "var_samp", "stddev_pop", "stddev_samp",
        "skewness", "kurtosis", "mode", "top", "entropy", "first", "last", "nth_last", "min_by", "max_by", "days_since_first",
        "days_since_last", "days_until_first", "avg_gap_days", "longest_gap_days", "slope", "decayed_sum", "decayed_count", "share",
        "active_days", "active_weeks", "value",
    ];

    private readonly List<(string Type, string Text)> _tokens = [];
    private int _at;

    private DefinitionReader(string text)
    {
        for (var position = 0; position < text.Length;)
        {
            var match = Token().Match(text, position);
            if (!match.Success)
            {
                throw new FormatException($"no token at {position} of: {text}");
            }

            var group = match.Groups.Cast<Group>().Skip(1).Single(candidate => candidate.Success);
            _tokens.Add((group.Name, group.Value));
            position += match.Length;
        }
    }

    /// <summary>Reads a definition.</summary>
    /// <param name="text">As it stands in a view.</param>
    public static Definition Read(string text)
    {
        var reader = new DefinitionReader(text.Trim());
        var definition = reader.Definition();
        return reader._at == reader._tokens.Count ? definition : throw new FormatException($"more than a definition: {text}");
    }

    private Definition Definition()
    {
        if (IsCall("series"))
        {
            _at += 2;
            var aggregate = Atom();
            Expect(",");
            var count = Integer();
            Expect(")");
            return new Definition(aggregate, null, [], count);
        }

        var body = Or();
        if (!Take("by"))
        {
            return new Definition(body, null, [], null);
        }

        var column = new Name(null, Identifier());
        Expect("in");
        Expect("(");
        var values = new List<(Literal, string?)>();
        do
        {
            var value = (Literal)Factor();
            values.Add((value, Take("as") ? Identifier() : null));
        }
        while (Take(","));
        Expect(")");
        return new Definition(body, column, values, null);
    }

    private Node Or() => Chain(And, "or");

    private Node And() => Chain(Not, "and");

    private Node Not() => Take("not") ? new Unary("not", Not()) : Test();

    private Node Test()
    {
        var left = Sum();
        foreach (var sign in (string[])["=", "<>", "!=", "<", "<=", ">", ">="])
        {
            if (Take(sign))
            {
                return new Binary(sign == "!=" ? "<>" : sign, left, Sum());
            }
        }

        if (Take("is"))
        {
            var isNot = Take("not");
            Expect("null");
            return new Test("is null", isNot, left, []);
        }

        var isNegated = Take("not");
        if (Take("in"))
        {
            Expect("(");
            var others = new List<Node>();
            do
            {
                others.Add(Factor());
            }
            while (Take(","));
            Expect(")");
            return new Test("in", isNegated, left, others);
        }

        if (Take("between"))
        {
            var low = Sum();
            Expect("and");
            return new Test("between", isNegated, left, [low, Sum()]);
        }

        return Take("like") ? new Test("like", isNegated, left, [Factor()])
            : isNegated ? throw new FormatException("a test behind not is expected") : left;
    }

    private Node Sum() => Chain(Term, "+", "-");

    private Node Term() => Chain(Factor, "*", "/", "%");

    private Node Factor()
    {
        if (!Take("-"))
        {
            return Atom();
        }

        return Peek.Type == "number" ? Number("-" + _tokens[_at++].Text) : new Unary("-", Factor());
    }

    private Node Atom()
    {
        var (type, text) = Peek;
        if (type is "number" or "text")
        {
            _at++;
            return type == "number" ? Number(text) : new Literal(Kind.Text, text[1..^1].Replace("''", "'"));
        }

        if (Take("("))
        {
            var inner = Or();
            Expect(")");
            return inner;
        }

        if (Take("null"))
        {
            return new Literal(Kind.Null, "null");
        }

        if (Take("true") || Take("false"))
        {
            return new Literal(Kind.Bool, text.ToLowerInvariant());
        }

        if (Take("case"))
        {
            return Case();
        }

        if (type == "word" && _at + 1 < _tokens.Count && _tokens[_at + 1].Text == "(")
        {
            _at += 2;
            return s_aggregates.Contains(text) ? Aggregate(text) : new Call(text, Arguments());
        }

        var first = Identifier();
        return Take(".") ? new Name(first, Identifier()) : new Name(null, first);
    }

    private Case Case()
    {
        var branches = new List<(Node, Node)>();
        while (Take("when"))
        {
            var when = Or();
            Expect("then");
            branches.Add((when, Or()));
        }

        var otherwise = Take("else") ? Or() : null;
        Expect("end");
        return new Case(branches, otherwise);
    }

    private List<Node> Arguments()
    {
        var arguments = new List<Node> { Or() };
        while (Take(","))
        {
            arguments.Add(Or());
        }

        Expect(")");
        return arguments;
    }

    private Aggregate Aggregate(string function)
    {
        var input = Or();
        Node? argument = null;
        Span? half = null;
        if (Take(","))
        {
            half = Peek.Type == "length" ? Length() : null;
            argument = half is null ? Or() : null;
        }

        var where = Take("where") ? Or() : null;
        Expect(")");
        if (function == "value")
        {
            return new Aggregate(function, input, null, null, null, null, null);
        }

        Expect("over");
        return new Aggregate(function, input, argument, half, where, null, Window());
    }

    private Window Window()
    {
        var isNext = Take("next");
        Span? length = null;
        int? last = null;
        if (Take("last"))
        {
            last = Integer();
            Expect("events");
        }
        else if (!Take("all"))
        {
            length = Length();
        }

        return new Window(isNext, length, last, Take("lag") ? Length() : null);
    }

    private Span Length()
    {
        Assert.Equal("length", Peek.Type);
        var text = _tokens[_at++].Text;
        var unit = text.TrimStart("0123456789".ToCharArray());
        return new Span(int.Parse(text[..^unit.Length], CultureInfo.InvariantCulture), unit);
    }

    private Node Chain(Func<Node> operand, params string[] signs)
    {
        var left = operand();
        while (signs.FirstOrDefault(Take) is { } sign)
        {
            left = new Binary(sign, left, operand());
        }

        return left;
    }

    private static Literal Number(string text) => new(text.AsSpan().ContainsAny(".eE") ? Kind.Float : Kind.Integer, text);

    private int Integer() => int.Parse(_tokens[_at++].Text, CultureInfo.InvariantCulture);

    private string Identifier()
    {
        var (type, text) = Peek;
        _at++;
        return type switch
        {
            "word" => text,
            "quoted" => text[1..^1].Replace("\"\"", "\""),
            _ => throw new FormatException($"a name is expected, not {text}"),
        };
    }

    private (string Type, string Text) Peek => _at < _tokens.Count ? _tokens[_at] : ("end", "");

    private bool IsCall(string function) => Peek.Text == function && _at + 1 < _tokens.Count && _tokens[_at + 1].Text == "(";

    /// <summary>Whether a keyword or sign stands here, which is then behind.</summary>
    private bool Take(string text)
    {
        var isHere = Peek.Type is "word" or "sign" && Peek.Text.Equals(text, StringComparison.OrdinalIgnoreCase);
        _at += isHere ? 1 : 0;
        return isHere;
    }

    private void Expect(string text)
    {
        if (!Take(text))
        {
            throw new FormatException($"{text} is expected, not {Peek.Text}");
        }
    }

    [GeneratedRegex(
        """\G(?:(?<length>\d+(?:min|h|d|w)(?![A-Za-z0-9_]))|(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<text>'(?:[^']|'')*')"""
        + """|(?<quoted>"(?:[^"]|"")*")|(?<word>[A-Za-z_][A-Za-z0-9_]*)|(?<sign><>|!=|<=|>=|[-+*/%=<>(),.]))\s*""",
        RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
