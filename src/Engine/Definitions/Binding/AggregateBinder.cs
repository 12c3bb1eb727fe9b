using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions.Syntax;

namespace FeatureService.Engine.Definitions.Binding;

/// <summary>Binds aggregates: their source, input, condition, window and type.</summary>
/// <param name="catalog">The sources.</param>
/// <param name="role">What the definition is.</param>
/// <param name="errors">Where errors go.</param>
internal sealed class AggregateBinder(Catalog catalog, FeatureRole role, ErrorReport errors)
{
    private readonly Conversions _conversions = new(catalog.Calendar.Zone);

    /// <summary>Binds an aggregate.</summary>
    /// <param name="call">The aggregate as written.</param>
    /// <returns>Null where an error was reported.</returns>
    public Expression? Bind(CallSyntax call)
    {
        if (Vocabulary.Aggregates[call.Name] is not { } function)
        {
            return Fail(call.Position, $"the aggregate {call.Name} is not supported yet");
        }

        var isGood = CheckWindow(call.Window!);
        if (call.Arguments.Length != 1)
        {
            return Fail(call.Position, $"{call.Name} has {call.Arguments.Length} arguments: expected 1");
        }

        var input = call.Arguments[0];
        var isOfRows = input is NameSyntax name && catalog.IndexOf(name.Name) >= 0;
        var index = isOfRows ? catalog.IndexOf(((NameSyntax)input).Name) : SourceOf(call.Name, input);
        if (index < 0)
        {
            return null;
        }

        var binder = new EventBinder(_conversions, errors, catalog.Sources[index], call.Name);
        var value = isOfRows ? null : binder.Bind(input);
        var condition = call.Where is null ? null : binder.Condition(call.Where, "where");
        isGood &= (isOfRows || value is not null) && (call.Where is null || condition is not null);
        return isGood && Typed(call, function, value) is var (converted, type)
            ? new AggregateExpression
            {
                Type = type,
                Call = new AggregateCall
                {
                    Function = function,
                    Source = index,
                    Input = converted,
                    Where = condition,
                    Window = call.Window!.Window,
                    Type = type,
                },
            }
            : null;
    }

    private bool CheckWindow(WindowSyntax window)
    {
        switch (window.Window.Kind)
        {
            case WindowKind.LastEvents:
                Fail(window.Position, "the window last N events is not supported yet");
                return false;
            case WindowKind.Next when role == FeatureRole.Feature:
                Fail(window.Position, "next looks past the cutoff, which only a label may: expected a window before it, as over 13w");
                return false;
            default:
                return true;
        }
    }

    private int SourceOf(string aggregate, SyntaxNode input)
    {
        if (SyntaxWalk.FirstQualified(input) is { } qualified)
        {
            var index = catalog.IndexOf(qualified.Source);
            if (index < 0)
            {
                Fail(qualified.Position, $"unknown source '{qualified.Source}': {SourceHint(qualified.Source)}");
            }

            return index;
        }

        if (input is NameSyntax name)
        {
            var holder = catalog.Sources.FirstOrDefault(source => source.IndexOf(name.Name) >= 0);
            Fail(name.Position, holder is null
                ? $"unknown source '{name.Name}': {SourceHint(name.Name)}"
                : $"unknown source '{name.Name}': a column is written with its source, as {aggregate}({holder.Name}.{name.Name})");
        }
        else
        {
            Fail(input.Position, $"the input of {aggregate} names no source: expected at least one column written as SOURCE.column");
        }

        return -1;
    }

    private string SourceHint(string name) => NearestName.Hint(name, catalog.Sources.Select(source => source.Name));

    /// <summary>The input as the aggregate takes it, and the type of the result.</summary>
    private (Expression? Input, ColumnType Type)? Typed(CallSyntax call, AggregateFunction function, Expression? input)
    {
        var takesRows = function is AggregateFunction.Count or AggregateFunction.DaysSinceFirst or AggregateFunction.DaysSinceLast;
        if (input is null)
        {
            if (takesRows)
            {
                return (null, function == AggregateFunction.Count ? ColumnType.Int64 : ColumnType.Float64);
            }

            var source = ((NameSyntax)call.Arguments[0]).Name;
            Fail(
                call.Arguments[0].Position,
                $"{call.Name} takes values, found the source {source}: expected an input, as {call.Name}({source}.COLUMN)");
            return null;
        }

        var isNumeric = function is AggregateFunction.Sum or AggregateFunction.Avg or AggregateFunction.VarPop or AggregateFunction.VarSamp
            or AggregateFunction.StddevPop or AggregateFunction.StddevSamp;
        if (isNumeric && input.Type is not ColumnType.Bool && !Conversions.IsNumber(input.Type))
        {
            Fail(call.Arguments[0].Position, $"{call.Name} takes numbers: expected bool, int64 or float64, found {input.Type.Name()}");
            return null;
        }

        return function switch
        {
            AggregateFunction.Count or AggregateFunction.CountDistinct => (input, ColumnType.Int64),
            AggregateFunction.Sum => (Number(input), Number(input).Type),
            AggregateFunction.Avg => (Number(input), ColumnType.Float64),
            AggregateFunction.DaysSinceFirst or AggregateFunction.DaysSinceLast => (input, ColumnType.Float64),
            _ when isNumeric => (Convert(input, ColumnType.Float64), ColumnType.Float64),
            _ => (input, input.Type),
        };
    }

    /// <summary>Bool counts as int64.</summary>
    private Expression Number(Expression input) => input.Type == ColumnType.Bool ? Convert(input, ColumnType.Int64) : input;

    private Expression Convert(Expression input, ColumnType type) =>
        _conversions.TryConvert(input, type, out var converted, out var error)
            ? converted
            : throw new ArgumentException(error, nameof(input));

    private Expression? Fail(int position, string message)
    {
        errors.Add(position, message);
        return null;
    }
}
