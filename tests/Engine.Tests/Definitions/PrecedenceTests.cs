using System.Globalization;
using CsCheck;

namespace FeatureService.Engine.Tests.Definitions;

/// <summary>Generated expressions, written with no parenthesis more than they need, are read as they were meant.</summary>
public sealed class PrecedenceTests
{
    private const int Or = 1;
    private const int And = 2;
    private const int Negation = 3;
    private const int Test = 4;
    private const int Sum = 5;
    private const int Term = 6;
    private const int Factor = 7;
    private const int Atom = 8;

    [Fact]
    public void Every_expression_is_read_as_the_grammar_says() => Condition(4).Sample(
        meant => Assert.Equal("feature: " + meant.NormalForm, Sample.Feature(meant.Text).NormalForm),
        print: meant => meant.Text);

    private static Gen<Written> Number(int depth)
    {
        var constant = Gen.Long.Select(value => new Written(value.ToString(CultureInfo.InvariantCulture), $"int64:{value}", Factor));
        return depth == 0
            ? constant
            : Gen.OneOf(
                constant,
                Gen.Select(Number(depth - 1), Number(depth - 1), (l, r) => Binary(l, "+", r, "add", Sum, isSorted: true)),
                Gen.Select(Number(depth - 1), Number(depth - 1), (l, r) => Binary(l, "-", r, "subtract", Sum, isSorted: false)),
                Gen.Select(Number(depth - 1), Number(depth - 1), (l, r) => Binary(l, "*", r, "multiply", Term, isSorted: true)),
                Gen.Select(Number(depth - 1), Number(depth - 1), (l, r) => Binary(l, "%", r, "modulo", Term, isSorted: false)),
                Number(depth - 1).Select(x => new Written($"-({x.Text})", $"negate({x.NormalForm})", Factor)),
                Gen.Select(Number(depth - 1), Number(depth - 1), (l, r) =>
                    new Written($"coalesce({l.Text}, {r.Text})", $"coalesce({l.NormalForm}, {r.NormalForm})", Atom)),
                Gen.Select(Condition(depth - 1), Number(depth - 1), Number(depth - 1), (c, l, r) => new Written(
                    $"case when {c.Text} then {l.Text} else {r.Text} end",
                    $"case(when {c.NormalForm} then {l.NormalForm} else {r.NormalForm})",
                    Atom)));
    }

    private static Gen<Written> Condition(int depth)
    {
        var constant = Gen.Bool.Select(value => new Written(value ? "true" : "false", value ? "bool:true" : "bool:false", Atom));
        return depth == 0
            ? constant
            : Gen.OneOf(
                constant,
                Gen.Select(Condition(depth - 1), Condition(depth - 1), (l, r) => Binary(l, "or", r, "or", Or, isSorted: true)),
                Gen.Select(Condition(depth - 1), Condition(depth - 1), (l, r) => Binary(l, "and", r, "and", And, isSorted: true)),
                Condition(depth - 1).Select(x => new Written($"not {x.Above(Negation)}", $"not({x.NormalForm})", Negation)),
                Gen.Select(Number(depth - 1), Number(depth - 1), (l, r) => Compared(l, "=", r, "equal", isSorted: true)),
                Gen.Select(Number(depth - 1), Number(depth - 1), (l, r) => Compared(l, "<>", r, "not_equal", isSorted: true)),
                Gen.Select(Number(depth - 1), Number(depth - 1), (l, r) => Compared(l, "<=", r, "less_or_equal", isSorted: false)),
                Number(depth - 1).Select(x => new Written($"{x.Above(Sum)} is not null", $"not(is_null({x.NormalForm}))", Test)),
                Number(depth - 1).Select(x => new Written($"{x.Above(Sum)} in (1, -2)", $"in({x.NormalForm}, int64:1, int64:-2)", Test)),
                Gen.Select(Number(depth - 1), Number(1), Number(1), Between));
    }

    private static Written Between(Written operand, Written low, Written high)
    {
        string[] ends =
        [
            $"greater_or_equal({operand.NormalForm}, {low.NormalForm})",
            $"less_or_equal({operand.NormalForm}, {high.NormalForm})",
        ];
        Array.Sort(ends, StringComparer.Ordinal);
        return new Written(
            $"{operand.Above(Sum)} not between {low.Above(Sum)} and {high.Above(Sum)}", $"not(and({ends[0]}, {ends[1]}))", Test);
    }

    private static Written Compared(Written left, string symbol, Written right, string name, bool isSorted) =>
        new($"{left.Above(Sum)} {symbol} {right.Above(Sum)}", Call(left, right, name, isSorted), Test);

    private static Written Binary(Written left, string symbol, Written right, string name, int rank, bool isSorted) =>
        new($"{left.Above(rank)} {symbol} {right.Above(rank + 1)}", Call(left, right, name, isSorted), rank);

    private static string Call(Written left, Written right, string name, bool isSorted)
    {
        string[] operands = [left.NormalForm, right.NormalForm];
        if (isSorted)
        {
            Array.Sort(operands, StringComparer.Ordinal);
        }

        return $"{name}({operands[0]}, {operands[1]})";
    }

    /// <summary>An expression as text, what it means, and the rank of its outermost operator.</summary>
    private sealed record Written(string Text, string NormalForm, int Rank)
    {
        /// <summary>The text where an expression of at least a rank may stand.</summary>
        public string Above(int rank) => Rank >= rank ? Text : $"({Text})";
    }
}
