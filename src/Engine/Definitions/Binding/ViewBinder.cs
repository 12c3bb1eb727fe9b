using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions.Custom;
using FeatureService.Engine.Definitions.NormalForms;
using FeatureService.Engine.Definitions.Syntax;

namespace FeatureService.Engine.Definitions.Binding;

/// <summary>Binds the definitions of a view, those that are used before those that use them.</summary>
internal sealed class ViewBinder(ViewFile file, Catalog catalog, CustomAggregates custom)
{
    private readonly NormalFormWriter _normalForms = new(catalog);
    private int _normalFormsLength;

    /// <summary>Binds all definitions; what is wrong is reported and leaves <see cref="DefinedColumn.Column"/> null.</summary>
    /// <returns>The population; null where there is none, or where it is wrong.</returns>
    public FeatureColumn? Bind()
    {
        foreach (var definition in BindingOrder.Of(file.Definitions, file.Columns))
        {
            var expressions = definition.Syntax is { } syntax ? Columns(definition, syntax) : [];
            foreach (var (column, expression) in definition.Columns.Zip(expressions))
            {
                column.Column = Column(definition, column.Name, expression, file.Numbers);
            }
        }

        return file.Population is { } population ? Population(population) : null;
    }

    /// <summary>The bound expressions of a definition's columns; none where an error was reported.</summary>
    private IReadOnlyList<Expression> Columns(Definition definition, DefinitionSyntax syntax)
    {
        var binder = new CellBinder(catalog, custom, definition.Role, file, definition.Errors);
        if (Bound(definition, binder, syntax.Expression) is not { } whole)
        {
            return [];
        }

        return syntax switch
        {
            { By: { } by } => Each(SeveralColumns.By((CallSyntax)syntax.Expression, by), binder),
            { Series: { } series } => Each(SeveralColumns.Series((CallSyntax)syntax.Expression, series, definition.Errors), binder),
            _ => [whole],
        };
    }

    /// <summary>What is wrong with one column is mostly wrong with all: the first error ends it.</summary>
    private static List<Expression> Each(IEnumerable<SyntaxNode> columns, CellBinder binder)
    {
        var bound = new List<Expression>();
        foreach (var column in columns)
        {
            if (binder.Bind(column) is not { } expression)
            {
                return [];
            }

            bound.Add(expression);
        }

        return bound;
    }

    private Expression? Bound(Definition definition, CellBinder binder, SyntaxNode syntax)
    {
        var expression = binder.Bind(syntax);
        definition.Depth = syntax.Depth + SyntaxWalk.NamesAroundAggregates(syntax)
            .Max(name => file.Columns.TryGetValue(name.Name, out var used) ? (int?)used.Definition.Depth : null).GetValueOrDefault();
        return expression switch
        {
            null => null,
            { Type: ColumnType.None } => Fail(
                definition, syntax.Position, "the definition is null: expected a value whose type is known"),
            _ when definition.Depth > Limits.TreeDepthMax => Fail(
                definition,
                0,
                $"too many operators below each other, definitions that it uses included: expected at most {Limits.TreeDepthMax}"),
            _ => expression,
        };
    }

    private FeatureColumn? Population(Definition definition)
    {
        if (definition.Syntax is not { } syntax)
        {
            return null;
        }

        if (definition.IsSeveral)
        {
            definition.Errors.Add(
                syntax.By?.Position ?? syntax.Series!.Position, "the population is one condition: expected no columns of by or series");
            return null;
        }

        var expression = Bound(definition, new CellBinder(catalog, custom, definition.Role, file, definition.Errors), syntax.Expression);
        if (expression is { Type: not ColumnType.Bool })
        {
            definition.Errors.Add(syntax.Expression.Position, $"the population takes a condition: expected bool, found {expression.Type.Name()}");
            return null;
        }

        return expression is null ? null : Column(definition, definition.Name, expression, NumberType.Own);
    }

    private FeatureColumn? Column(Definition definition, string name, Expression expression, NumberType numbers)
    {
        var normalForm = _normalForms.Write(definition.Role, expression);
        if (normalForm is null || (_normalFormsLength += normalForm.Length) > Limits.NormalFormsLengthMax)
        {
            Fail(definition, 0, $"the definition is too long once the definitions that it uses are written out: "
                + $"expected at most {Limits.NormalFormLengthMax} characters, and {Limits.NormalFormsLengthMax} in a view");
            return null;
        }

        var isRounded = numbers == NumberType.Float32 && expression.Type is ColumnType.Bool or ColumnType.Int64 or ColumnType.Float64;
        return new FeatureColumn
        {
            Name = name,
            Role = definition.Role,
            Expression = expression,
            OutputType = isRounded ? ColumnType.Float32 : expression.Type,
            NormalForm = normalForm,
            Fingerprint = Fingerprints.Of(catalog, definition.Role, expression, normalForm),
            Text = definition.Text.Value,
        };
    }

    private static Expression? Fail(Definition definition, int position, string message)
    {
        definition.Errors.Add(position, message);
        return null;
    }
}
