using FeatureService.Engine.Definitions.Custom;
using FeatureService.Engine.Definitions.Syntax;

namespace FeatureService.Engine.Definitions.Binding;

/// <summary>Binds what stands inside an aggregate: names are columns of its source.</summary>
internal sealed class EventBinder(Conversions conversions, CustomAggregates custom, ErrorReport errors, EventSource source, string aggregate)
    : ExpressionBinder(conversions, custom, errors)
{
    /// <inheritdoc/>
    protected override bool KnowsWeek => false;

    /// <inheritdoc/>
    protected override Expression? BindName(NameSyntax name) => Column(name.Name, name.Position);

    /// <inheritdoc/>
    protected override Expression? BindQualified(QualifiedSyntax qualified) => qualified.Source == source.Name
        ? Column(qualified.Column, qualified.ColumnPosition)
        : Fail(
            qualified.Position,
            $"{aggregate} reads source {source.Name}: expected its columns only, found {qualified.Source}.{qualified.Column}");

    /// <inheritdoc/>
    protected override Expression? BindAggregate(CallSyntax call)
    {
        var cure = call.Name switch
        {
            "min" => "; the least of several values is least(...)",
            "max" => "; the greatest of several values is greatest(...)",
            _ => "",
        };
        return Fail(call.Position, $"aggregates do not nest: expected columns and functions inside {aggregate}, found {call.Name}{cure}");
    }

    private Expression? Column(string name, int position)
    {
        var index = source.IndexOf(name);
        return index >= 0
            ? new ColumnExpression { Type = source.Columns[index].Type, Column = index, Name = name }
            : Fail(
                position,
                $"unknown column '{name}' of source {source.Name}: {NearestName.Hint(name, source.Columns.Select(column => column.Name))}");
    }
}
