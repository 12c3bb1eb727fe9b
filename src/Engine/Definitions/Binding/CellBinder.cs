using FeatureService.Engine.Definitions.Custom;
using FeatureService.Engine.Definitions.Syntax;

namespace FeatureService.Engine.Definitions.Binding;

/// <summary>Binds what stands around aggregates: names are features, in labels also labels.</summary>
/// <param name="catalog">The sources.</param>
/// <param name="custom">Aggregates of C#.</param>
/// <param name="role">What the definition is.</param>
/// <param name="view">The view's definitions; those that this one uses are bound before it.</param>
/// <param name="errors">Where errors go.</param>
internal sealed class CellBinder(
    Catalog catalog, CustomAggregates custom, FeatureRole role, ViewFile view, ErrorReport errors)
    : ExpressionBinder(new Conversions(catalog.Calendar.Zone), custom, errors)
{
    private readonly AggregateBinder _aggregates = new(catalog, custom, role, errors);

    /// <inheritdoc/>
    protected override bool KnowsWeek => true;

    /// <inheritdoc/>
    protected override Expression? BindName(NameSyntax name)
    {
        if (name.Name == ReservedColumns.Week)
        {
            var functions = string.Join(", ", Vocabulary.WeekFunctions.Order(StringComparer.Ordinal));
            return Fail(name.Position, $"week stands only as the argument of {functions}");
        }

        if (view.Columns.TryGetValue(name.Name, out var other))
        {
            return role == FeatureRole.Feature && other.Definition.Role == FeatureRole.Label
                ? Fail(name.Position, $"'{name.Name}' is a label: a feature may use features only")
                : other.Column is { } column ? new FeatureExpression { Type = column.Expression.Type, Column = column } : null;
        }

        return IsOfUnread(name.Name) ? null : Fail(name.Position, Unknown(name.Name));
    }

    /// <inheritdoc/>
    protected override Expression? BindQualified(QualifiedSyntax qualified) => Fail(
        qualified.Position,
        $"{qualified.Source}.{qualified.Column} has a value for each event: expected an aggregate around it, "
        + $"as sum({qualified.Source}.{qualified.Column}) over 13w");

    /// <inheritdoc/>
    protected override Expression? BindAggregate(CallSyntax call) => _aggregates.Bind(call);

    /// <summary>Whether a definition that could not be read might make a column of this name; what is wrong is told there.</summary>
    private bool IsOfUnread(string name) => view.Definitions.Exists(other =>
        other.Syntax is null && name.StartsWith(other.Name + "_", StringComparison.Ordinal));

    private string Unknown(string name)
    {
        if (catalog.IndexOf(name) >= 0)
        {
            return $"'{name}' is a source: expected an aggregate of it, as count({name}) over 13w";
        }

        if (view.Definitions.Find(other => other.Name == name && other.IsSeveral) is { Columns.Count: > 0 } several)
        {
            return $"'{name}' has several columns: {NearestName.Hint(name, several.Columns.Select(column => column.Name))}";
        }

        var usable = view.Columns.Values
            .Where(other => role == FeatureRole.Label || other.Definition.Role == FeatureRole.Feature)
            .Select(other => other.Name)
            .ToList();
        var source = catalog.Sources.FirstOrDefault(source => source.IndexOf(name) >= 0);
        var what = role == FeatureRole.Label ? "feature or label" : "feature";
        return source is not null && NearestName.Find(name, usable) is null
            ? $"unknown {what} '{name}': a column is read inside an aggregate, as sum({source.Name}.{name}) over 13w"
            : $"unknown {what} '{name}': {NearestName.Hint(name, usable)}";
    }
}
