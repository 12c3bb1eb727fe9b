using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions.NormalForms;
using FeatureService.Engine.Definitions.Syntax;

namespace FeatureService.Engine.Definitions.Binding;

/// <summary>Binds the definitions of a view, those that are used before those that use them.</summary>
internal sealed class ViewBinder(ViewFile file, Catalog catalog)
{
    private readonly NormalFormWriter _normalForms = new(catalog);
    private int _normalFormsLength;

    /// <summary>Binds all definitions; what is wrong is reported and leaves <see cref="Definition.Column"/> null.</summary>
    public void Bind()
    {
        foreach (var definition in BindingOrder.Of(file.Definitions))
        {
            if (definition.Syntax is { } syntax && Bound(definition, syntax) is { } expression)
            {
                definition.Column = Column(definition, expression);
            }
        }
    }

    private Expression? Bound(Definition definition, DefinitionSyntax syntax)
    {
        if (syntax.Shape != DefinitionShape.Single)
        {
            return Fail(definition, syntax.ShapePosition, $"{(syntax.Shape == DefinitionShape.By ? "by" : "series")} is not supported yet");
        }

        var binder = new CellBinder(catalog, definition.Role, file.Definitions, definition.Errors);
        var expression = binder.Bind(syntax.Expression);
        definition.Depth = syntax.Expression.Depth + SyntaxWalk.NamesAroundAggregates(syntax.Expression)
            .Max(name => file.Definitions.TryGetValue(name.Name, out var used) ? (int?)used.Depth : null).GetValueOrDefault();
        return expression switch
        {
            null => null,
            { Type: ColumnType.None } => Fail(
                definition, syntax.Expression.Position, "the definition is null: expected a value whose type is known"),
            _ when definition.Depth > Limits.TreeDepthMax => Fail(
                definition,
                0,
                $"too many operators below each other, definitions that it uses included: expected at most {Limits.TreeDepthMax}"),
            _ => expression,
        };
    }

    private FeatureColumn? Column(Definition definition, Expression expression)
    {
        var normalForm = _normalForms.Write(definition.Role, expression);
        if (normalForm is null || (_normalFormsLength += normalForm.Length) > Limits.NormalFormsLengthMax)
        {
            Fail(definition, 0, $"the definition is too long once the definitions that it uses are written out: "
                + $"expected at most {Limits.NormalFormLengthMax} characters, and {Limits.NormalFormsLengthMax} in a view");
            return null;
        }

        var isRounded = file.Numbers == NumberType.Float32 && expression.Type is ColumnType.Bool or ColumnType.Int64 or ColumnType.Float64;
        return new FeatureColumn
        {
            Name = definition.Name,
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
