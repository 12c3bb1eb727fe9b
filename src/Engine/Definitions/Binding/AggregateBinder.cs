using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions.Custom;
using FeatureService.Engine.Definitions.Syntax;

namespace FeatureService.Engine.Definitions.Binding;

/// <summary>Binds aggregates: their source, window, condition, and by <see cref="AggregateInputs"/> what they take and give.</summary>
/// <param name="catalog">The sources.</param>
/// <param name="custom">Aggregates of C#.</param>
/// <param name="role">What the definition is.</param>
/// <param name="errors">Where errors go.</param>
internal sealed class AggregateBinder(Catalog catalog, CustomAggregates custom, FeatureRole role, ErrorReport errors)
{
    private static readonly Window Everything = new(WindowKind.All, null, 0, null);

    private readonly Conversions _conversions = new(catalog.Calendar.Zone);

    /// <summary>Binds an aggregate.</summary>
    /// <param name="call">The aggregate as written.</param>
    /// <returns>Null where an error was reported.</returns>
    public Expression? Bind(CallSyntax call)
    {
        var own = custom.Find(call.Name);
        var function = own is null ? Vocabulary.Aggregates[call.Name] : AggregateFunction.Custom;
        var isGood = CheckForm(call, function);
        if (call.Arguments.Length != AggregateInputs.ArgumentCount(call.Name))
        {
            return Fail(call.Position, AggregateInputs.WrongCount(call));
        }

        var rows = call.Arguments[0] as NameSyntax;
        var isOfRows = rows is not null && catalog.IndexOf(rows.Name) >= 0;
        var index = isOfRows ? catalog.IndexOf(rows!.Name) : SourceOf(call);
        if (index < 0 || !CheckSource(call, function, catalog.Sources[index]))
        {
            return null;
        }

        var binder = new EventBinder(_conversions, custom, errors, catalog.Sources[index], call.Name);
        var isShare = call.Name == Vocabulary.Share;
        var conditions = (isShare ? [call.Filter] : new[] { call.Where, call.Filter }).OfType<SyntaxNode>().ToList();
        var condition = conditions.Count == 0 ? null : Condition(binder, conditions);
        isGood &= conditions.Count == 0 || condition is not null;
        if (new AggregateInputs(call, function, own, isOfRows, binder, _conversions, errors).Bind() is not { } inputs || !isGood)
        {
            return null;
        }

        var aggregate = new AggregateExpression
        {
            Type = inputs.Type,
            Call = new AggregateCall
            {
                Function = function,
                Source = index,
                Input = inputs.Input,
                OrderBy = inputs.OrderBy,
                Custom = own,
                Arguments = inputs.Arguments,
                Where = condition,
                Window = call.Window?.Window ?? Everything,
                Type = inputs.Type,
            },
        };
        return call.Name == Vocabulary.DecayedCount ? ZeroOfNothing(aggregate) : aggregate;
    }

    /// <summary>All of some conditions.</summary>
    private static Expression? Condition(EventBinder binder, List<SyntaxNode> conditions)
    {
        var bound = conditions.Select(condition => binder.Condition(condition, condition is BinarySyntax { Operator: "by" } ? "by" : "where")).ToList();
        return bound.Contains(null)
            ? null
            : bound.Aggregate((all, next) => new CallExpression { Function = ScalarFunction.And, Type = ColumnType.Bool, Arguments = [all!, next!] });
    }

    private static CallExpression ZeroOfNothing(AggregateExpression sum) => new()
    {
        Function = ScalarFunction.Coalesce,
        Type = ColumnType.Float64,
        Arguments = [sum, new ConstantExpression { Type = ColumnType.Float64, Value = 0.0 }],
    };

    /// <summary>Whether window and condition may stand with this aggregate in this role.</summary>
    private bool CheckForm(CallSyntax call, AggregateFunction function)
    {
        switch (call.Window?.Window.Kind)
        {
            case WindowKind.LastEvents when role == FeatureRole.Label:
                Fail(call.Window.Position, "last N events looks back from the cutoff, which only a feature does: expected next, or a length");
                return false;
            case WindowKind.Next when role == FeatureRole.Feature:
                Fail(call.Window.Position, "next looks past the cutoff, which only a label may: expected a window before it, as over 13w");
                return false;
            case null when function == AggregateFunction.Custom:
                Fail(call.Position, $"{call.Name} has no window: expected over behind it, as {call.Name}(...) over 13w");
                return false;
            case not null when function == AggregateFunction.Value:
                Fail(call.Window.Position, "value reads facts without time: expected no window behind it");
                return false;
        }

        switch (function)
        {
            case AggregateFunction.DaysUntilFirst when role == FeatureRole.Feature:
                Fail(call.Position, "days_until_first looks past the cutoff, which only a label may: expected days_since_first or days_since_last");
                return false;
            case AggregateFunction.Value when call.Where is not null || call.Filter is not null:
                Fail(call.Where is not null ? call.WherePosition : call.Filter!.Position, "value reads the one row of an entity: expected no condition");
                return false;
        }

        if (call.Name == Vocabulary.Share && call.Where is null)
        {
            Fail(call.Position, "share is of the events for which a condition holds: expected where, as share(SOURCE where CONDITION) over 13w");
            return false;
        }

        return true;
    }

    /// <summary>Whether the source has times exactly if the aggregate wants them.</summary>
    private bool CheckSource(CallSyntax call, AggregateFunction function, EventSource source)
    {
        if (source.Always == (function == AggregateFunction.Value))
        {
            return true;
        }

        Fail(call.Arguments[0].Position, source.Always
            ? $"source {source.Name} has no time: expected value({source.Name}.COLUMN), found {call.Name}"
            : $"value reads facts without time, but source {source.Name} has a time: expected a window, as last({source.Name}.COLUMN) over all");
        return false;
    }

    /// <summary>Index of the source that the first <c>SOURCE.column</c> of the arguments names; -1 where an error was reported.</summary>
    private int SourceOf(CallSyntax call)
    {
        var qualified = call.Arguments.Select(SyntaxWalk.FirstQualified).FirstOrDefault(found => found is not null);
        if (qualified is not null)
        {
            var index = catalog.IndexOf(qualified.Source);
            if (index < 0)
            {
                Fail(qualified.Position, $"unknown source '{qualified.Source}': {SourceHint(qualified.Source)}");
            }

            return index;
        }

        if (call.Arguments[0] is NameSyntax name)
        {
            var holder = catalog.Sources.FirstOrDefault(source => source.IndexOf(name.Name) >= 0);
            Fail(name.Position, holder is null
                ? $"unknown source '{name.Name}': {SourceHint(name.Name)}"
                : $"unknown source '{name.Name}': a column is written with its source, as {call.Name}({holder.Name}.{name.Name})");
        }
        else
        {
            Fail(call.Arguments[0].Position, $"the input of {call.Name} names no source: expected at least one column written as SOURCE.column");
        }

        return -1;
    }

    private string SourceHint(string name) => NearestName.Hint(name, catalog.Sources.Select(source => source.Name));

    private Expression? Fail(int position, string message)
    {
        errors.Add(position, message);
        return null;
    }
}
