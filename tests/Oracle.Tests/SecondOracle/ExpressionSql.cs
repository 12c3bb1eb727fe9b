namespace FeatureService.Oracle.Tests.SecondOracle;

/// <summary>Expressions of rows and around aggregates, by the language's rules of nulls and types.</summary>
/// <param name="instants">The zone.</param>
/// <param name="names">What a name means.</param>
/// <param name="aggregates">What an aggregate means; null inside one.</param>
internal sealed class ExpressionSql(ZoneInstants instants, Func<Name, Sql> names, Func<Aggregate, Sql>? aggregates)
{
    /// <summary>Translates an expression.</summary>
    public Sql Of(Node node) => node switch
    {
        Literal literal => Constant(literal),
        Name name => names(name),
        Aggregate aggregate => aggregates is null ? throw new FormatException("aggregates do not nest") : aggregates(aggregate),
        Unary { Sign: "-" } unary when Of(unary.Operand) is var x => x with { Text = $"(-{x.Text})" },
        Unary unary => new Sql($"(NOT {Of(unary.Operand).Text})", Kind.Bool),
        Binary binary => TwoSided(binary),
        Test test => Tested(test),
        Case choice => Choice(choice),
        Call call => Function(call.Function, call.Arguments),
        _ => throw new FormatException($"no SQL for {node}"),
    };

    /// <summary>Operands as one type: integers beside floats as floats, texts beside times as times.</summary>
    public Sql[] Aligned(params IReadOnlyList<Node> nodes)
    {
        var sqls = nodes.Select(Of).ToArray();
        var kinds = sqls.Select(sql => sql.Kind).Where(kind => kind != Kind.Null).Distinct().ToArray();
        var kind = kinds switch
        {
            [] => Kind.Null,
            [var only] => only,
            _ when kinds.Contains(Kind.Instant) => Kind.Instant,
            _ when kinds.Contains(Kind.Date) => Kind.Date,
            _ when kinds.Contains(Kind.Float) => Kind.Float,
            _ => throw new FormatException($"{string.Join(" and ", kinds)} do not mix"),
        };
        return [.. nodes.Zip(sqls, (node, sql) => node is Literal { Kind: Kind.Text } text && kind is Kind.Instant or Kind.Date
            ? Time(text.Text, kind)
            : sql.As(kind))];
    }

    private Sql Time(string text, Kind kind) => kind == Kind.Date
        ? new Sql($"DATE {Sql.Quote(text)}", kind)
        : new Sql($"({instants.Read(text)})::BIGINT", kind);

    private static Sql Constant(Literal literal) => literal.Kind switch
    {
        Kind.Null => new Sql("NULL", Kind.Null),
        Kind.Integer => new Sql($"({literal.Text})::BIGINT", Kind.Integer),
        // From text: by way of DECIMAL a number would be rounded twice.
        Kind.Float => new Sql($"{Sql.Quote(literal.Text)}::DOUBLE", Kind.Float),
        Kind.Text => new Sql(Sql.Quote(literal.Text), Kind.Text),
        _ => new Sql(literal.Text, literal.Kind),
    };

    private Sql TwoSided(Binary binary)
    {
        if (binary.Sign is "and" or "or")
        {
            return new Sql($"({Of(binary.Left).Text} {binary.Sign} {Of(binary.Right).Text})", Kind.Bool);
        }

        var both = Aligned(binary.Left, binary.Right);
        if (binary.Sign is "+" or "-" or "*" or "/" or "%")
        {
            return Arithmetic(binary.Sign, both[0], both[1]);
        }

        return new Sql($"({both[0].Text} {binary.Sign} {both[1].Text})", Kind.Bool);
    }

    private static Sql Arithmetic(string sign, Sql x, Sql y)
    {
        var (ex, ey) = (x.Error ?? "0", y.Error ?? "0");
        var isExact = x.Error is null && y.Error is null;
        if (sign == "/")
        {
            var quotient = $"(({x.Text})::DOUBLE / nullif(({y.Text})::DOUBLE, 0))";
            return new Sql(quotient, Kind.Float, isExact ? null : $"(({ex} + abs({quotient}) * {ey}) / nullif(abs({y.Text}), 0))");
        }

        var error = sign switch
        {
            _ when isExact => null,
            "*" => $"(abs({x.Text}) * {ey} + abs({y.Text}) * {ex})",
            "%" => null,
            _ => $"({ex} + {ey})",
        };
        return new Sql(sign == "%" ? $"({x.Text} % nullif({y.Text}, 0))" : $"({x.Text} {sign} {y.Text})", x.Kind, error);
    }

    private Sql Tested(Test test)
    {
        var not = test.IsNegated ? "NOT " : "";
        var all = Aligned([test.Operand, .. test.Others]);
        var (x, others) = (all[0].Text, all[1..]);
        return new Sql(
            test.Kind switch
            {
                "is null" => $"({x} IS {not}NULL)",
                "in" => $"({x} {not}IN ({string.Join(", ", others.Select(other => other.Text))}))",
                "between" => $"({x} {not}BETWEEN {others[0].Text} AND {others[1].Text})",
                _ => $"({x} {not}LIKE {others[0].Text})",
            },
            Kind.Bool);
    }

    private Sql Choice(Case choice)
    {
        var values = Aligned([.. choice.Branches.Select(branch => branch.Then), choice.Else ?? new Literal(Kind.Null, "null")]);
        var branches = choice.Branches.Select((branch, i) => $"WHEN {Of(branch.When).Text} THEN {values[i].Text}");
        return new Sql($"(CASE {string.Join(' ', branches)} ELSE {values[^1].Text} END)", values[0].Kind, Widest(values));
    }

    private Sql Function(string function, IReadOnlyList<Node> arguments)
    {
        var all = Aligned(arguments);
        var x = all[0];
        var list = string.Join(", ", all.Select(argument => argument.Text));
        return function switch
        {
            "coalesce" or "least" or "greatest" => new Sql($"{function}({list})", x.Kind, Widest(all)),
            "clip" => new Sql($"(CASE WHEN {x.Text} IS NOT NULL THEN least(greatest({x.Text}, {all[1].Text}), {all[2].Text}) END)", x.Kind, Widest(all)),
            "abs" => x with { Text = $"abs({x.Text})" },
            "floor" or "ceil" or "round" => x.Kind == Kind.Integer ? x : new Sql($"{function}({x.Text})", Kind.Float),
            "exp" => Inexact($"exp(({x.Text})::DOUBLE)", x, $"exp({x.Text})"),
            "ln" => Inexact($"(CASE WHEN {x.Text} > 0 THEN ln(({x.Text})::DOUBLE) END)", x, $"1 / nullif(abs({x.Text}), 0)"),
            "log1p" => Inexact($"(CASE WHEN {x.Text} > -1 THEN ln(1 + ({x.Text})::DOUBLE) END)", x, $"1 / nullif(abs(1 + {x.Text}), 0)"),
            "sqrt" => Root(x),
            "lower" or "upper" => x with { Text = $"{function}({x.Text})" },
            "length" => new Sql($"length({x.Text})", Kind.Integer),
            "date" => new Sql($"({Local(x)})::DATE", Kind.Date),
            _ => new Sql($"{Part(function)}({Local(x)})", Kind.Integer),
        };
    }

    private static Sql Root(Sql x)
    {
        var root = $"(CASE WHEN {x.Text} >= 0 THEN sqrt(({x.Text})::DOUBLE) END)";
        return new Sql(root, Kind.Float, x.Error is null ? null : $"({x.Error} / nullif({root}, 0))");
    }

    /// <summary>A function that the engine has of its own, where the slope of the function passes errors of its argument on.</summary>
    private static Sql Inexact(string text, Sql x, string slope) =>
        new(text, Kind.Float, $"(1e-14 * (1 + abs({text})) + {x.Error ?? "0"} * {slope})");

    private static string Local(Sql x) => x.Kind == Kind.Instant ? $"local({x.Text})" : x.Text;

    private static string Part(string function) => function switch
    {
        "weekday" => "dayofweek",
        "iso_weekday" => "isodow",
        "iso_year" => "isoyear",
        "week_of_year" => "weekofyear",
        "hour" or "minute" or "day" or "month" or "year" => function,
        _ => throw new FormatException($"no function {function}"),
    };

    private static string? Widest(Sql[] all) => all.All(sql => sql.Error is null)
        ? null
        : $"greatest({string.Join(", ", all.Select(sql => sql.Error ?? "0"))})";
}
