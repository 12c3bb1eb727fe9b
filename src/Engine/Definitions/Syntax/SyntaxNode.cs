using System.Collections.Immutable;
using System.Globalization;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;

namespace FeatureService.Engine.Definitions.Syntax;

/// <summary>A piece of a definition as written, names not yet resolved.</summary>
/// <param name="Position">Index in the definition where errors about it point.</param>
internal abstract record SyntaxNode(int Position)
{
    /// <summary>Nodes on the longest way down, this one included.</summary>
    public int Depth { get; init; } = 1;
}

/// <summary>A constant; its type is <see cref="ColumnType.None"/> for <c>null</c>.</summary>
internal sealed record ConstantSyntax(int Position, ColumnType Type, object? Value) : SyntaxNode(Position);

/// <summary>A bare name.</summary>
internal sealed record NameSyntax(int Position, string Name) : SyntaxNode(Position);

/// <summary><c>source.column</c>.</summary>
internal sealed record QualifiedSyntax(int Position, string Source, string Column, int ColumnPosition) : SyntaxNode(Position);

/// <summary>A sign or <c>not</c>.</summary>
internal sealed record UnarySyntax(int Position, ScalarFunction Function, SyntaxNode Operand) : SyntaxNode(Position);

/// <summary>An operator between two operands; the position is the operator's.</summary>
internal sealed record BinarySyntax(int Position, string Operator, ScalarFunction Function, SyntaxNode Left, SyntaxNode Right)
    : SyntaxNode(Position);

/// <summary><c>x [not] in (..)</c>; the position is the keyword's.</summary>
internal sealed record InSyntax(int Position, bool Negated, SyntaxNode Operand, ImmutableArray<ConstantSyntax> Values)
    : SyntaxNode(Position);

/// <summary><c>x [not] between low and high</c>; the position is the keyword's.</summary>
internal sealed record BetweenSyntax(int Position, bool Negated, SyntaxNode Operand, SyntaxNode Low, SyntaxNode High)
    : SyntaxNode(Position);

/// <summary><c>x [not] like 'pattern'</c>; the position is the keyword's.</summary>
internal sealed record LikeSyntax(int Position, bool Negated, SyntaxNode Operand, string Pattern) : SyntaxNode(Position);

/// <summary><c>x is [not] null</c>; the position is the keyword's.</summary>
internal sealed record IsNullSyntax(int Position, bool Negated, SyntaxNode Operand) : SyntaxNode(Position);

/// <summary><c>case when .. end</c>.</summary>
internal sealed record CaseSyntax(int Position, ImmutableArray<(SyntaxNode When, SyntaxNode Then)> Branches, SyntaxNode? Else)
    : SyntaxNode(Position);

/// <summary>A length as an argument.</summary>
internal sealed record LengthSyntax(int Position, Length Length) : SyntaxNode(Position);

/// <summary>A function or an aggregate.</summary>
internal sealed record CallSyntax(int Position, string Name, ImmutableArray<SyntaxNode> Arguments) : SyntaxNode(Position)
{
    /// <summary>The condition behind <c>where</c>.</summary>
    public SyntaxNode? Where { get; init; }

    /// <summary>Where <c>where</c> stands.</summary>
    public int WherePosition { get; init; }

    /// <summary>The condition that <c>by</c> adds: only events for which it is true are there at all.</summary>
    public SyntaxNode? Filter { get; init; }

    /// <summary>The window behind <c>over</c>.</summary>
    public WindowSyntax? Window { get; init; }

    /// <summary>Whether it is an aggregate: one of the language, or a name of C#'s with a window behind it.</summary>
    public bool IsAggregate => Window is not null || Vocabulary.Aggregates.ContainsKey(Name);
}

/// <summary>A window; the position is that of what follows <c>over</c>.</summary>
internal sealed record WindowSyntax(int Position, Window Window);

/// <summary>A whole definition.</summary>
/// <param name="Expression">The expression; the aggregate of <c>by</c> and <c>series</c>.</param>
internal sealed record DefinitionSyntax(SyntaxNode Expression)
{
    /// <summary>The values of <c>by</c>, a column for each.</summary>
    public BySyntax? By { get; init; }

    /// <summary>The lags of <c>series</c>, a column for each.</summary>
    public SeriesSyntax? Series { get; init; }

    /// <summary>What the columns' names have behind the definition's: nothing of a definition that is one column.</summary>
    public IEnumerable<ColumnNameSyntax> ColumnNames(string definition) => (By, Series) switch
    {
        ({ } by, _) => by.Values.Select(value => new ColumnNameSyntax(value.NamePosition, value.Name ?? $"{definition}_{value.Suffix}")),
        (_, { } series) => Enumerable.Range(1, series.Count).Select(number => new ColumnNameSyntax(
            series.CountPosition, string.Create(CultureInfo.InvariantCulture, $"{definition}_{number}"))),
        _ => [new ColumnNameSyntax(0, definition)],
    };
}

/// <summary>A column's name and what it comes from.</summary>
internal readonly record struct ColumnNameSyntax(int Position, string Name);

/// <summary><c>by column in (..)</c>; the position is the keyword's.</summary>
internal sealed record BySyntax(int Position, NameSyntax Column, ImmutableArray<ByValueSyntax> Values);

/// <summary>A value of <c>by</c>, and how its column is called where the definition says so.</summary>
internal sealed record ByValueSyntax(ConstantSyntax Value, string? Name, int NamePosition)
{
    /// <summary>The value as the end of a name: letters, digits and <c>_</c> of ASCII stay, all else becomes <c>_</c>.</summary>
    public string Suffix
    {
        get
        {
            var text = Value.Value is bool truth ? (truth ? "true" : "false") : Convert.ToString(Value.Value, CultureInfo.InvariantCulture)!;
            return string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        }
    }
}

/// <summary><c>series(.., n)</c>; the position is the keyword's.</summary>
internal sealed record SeriesSyntax(int Position, int Count, int CountPosition);
