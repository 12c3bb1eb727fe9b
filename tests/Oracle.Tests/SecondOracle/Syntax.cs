namespace FeatureService.Oracle.Tests.SecondOracle;

/// <summary>Types of the language, and that of <c>null</c>.</summary>
internal enum Kind
{
    Null,
    Bool,
    Integer,
    Float,
    Text,
    Date,
    Instant,
}

/// <summary>A piece of a definition as it is written.</summary>
internal abstract record Node;

/// <summary>A constant; texts without their quotes.</summary>
internal sealed record Literal(Kind Kind, string Text) : Node;

/// <summary>A column, a feature or a source.</summary>
internal sealed record Name(string? Source, string Text) : Node;

/// <summary>A sign before an operand: <c>-</c> or <c>not</c>.</summary>
internal sealed record Unary(string Sign, Node Operand) : Node;

/// <summary>Two operands, a sign in lower case between them.</summary>
internal sealed record Binary(string Sign, Node Left, Node Right) : Node;

/// <summary><c>in</c>, <c>between</c>, <c>like</c>, <c>is null</c>, with what stands behind.</summary>
internal sealed record Test(string Kind, bool IsNegated, Node Operand, IReadOnlyList<Node> Others) : Node;

/// <summary>A function of values.</summary>
internal sealed record Call(string Function, IReadOnlyList<Node> Arguments) : Node;

/// <summary>Conditions and values by turns, then what else holds.</summary>
internal sealed record Case(IReadOnlyList<(Node When, Node Then)> Branches, Node? Else) : Node;

/// <summary>An aggregate of events.</summary>
/// <param name="Function">Its name.</param>
/// <param name="Input">A source, or an expression of its columns.</param>
/// <param name="Argument">The second argument, if any.</param>
/// <param name="Half">The second argument where it is a length.</param>
/// <param name="Where">The condition.</param>
/// <param name="By">What <c>by</c> asks for as well, which for <c>share</c> is asked of the whole.</param>
/// <param name="Window">Null for <c>value</c>.</param>
internal sealed record Aggregate(string Function, Node Input, Node? Argument, Span? Half, Node? Where, Node? By, Window? Window) : Node;

/// <summary>A length of time.</summary>
internal sealed record Span(int Amount, string Unit)
{
    public int Days => Unit switch { "w" => 7 * Amount, "d" => Amount, _ => 0 };

    public long Micros => Unit switch { "h" => 3_600_000_000L * Amount, "min" => 60_000_000L * Amount, _ => 0 };
}

/// <summary>What an aggregate sees.</summary>
/// <param name="IsNext">From the cutoff on.</param>
/// <param name="Length">Null for everything before the end.</param>
/// <param name="Last">So many events; null for all.</param>
/// <param name="Lag">How much earlier, or the gap before what comes next.</param>
internal sealed record Window(bool IsNext, Span? Length, int? Last, Span? Lag);

/// <summary>A definition, with the values of <c>by</c> or the number of columns of <c>series</c>.</summary>
internal sealed record Definition(Node Body, Name? By, IReadOnlyList<(Literal Value, string? As)> Values, int? Series);
