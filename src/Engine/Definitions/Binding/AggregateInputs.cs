using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions.Custom;
using FeatureService.Engine.Definitions.Syntax;

namespace FeatureService.Engine.Definitions.Binding;

/// <summary>What an aggregate is taken of, as the engine takes it, and what it gives.</summary>
/// <param name="Input">Evaluated for each event; null of rows.</param>
/// <param name="Type">Type of the result.</param>
/// <param name="OrderBy">What min_by and max_by compare.</param>
/// <param name="Arguments">Constant arguments.</param>
internal sealed record BoundInputs(Expression? Input, ColumnType Type, Expression? OrderBy = null, AggregateArguments Arguments = default);

/// <summary>Binds and types the arguments of one aggregate.</summary>
/// <param name="call">The aggregate as written, with as many arguments as it takes.</param>
/// <param name="function">Which of the engine's it is.</param>
/// <param name="custom">The aggregate of C#, where it is one.</param>
/// <param name="isOfRows">Whether its first argument is a source.</param>
/// <param name="binder">Binds expressions over the source's columns.</param>
/// <param name="conversions">Brings operands to a type.</param>
/// <param name="errors">Where errors go.</param>
internal sealed class AggregateInputs(
    CallSyntax call, AggregateFunction function, CustomAggregate? custom, bool isOfRows, EventBinder binder, Conversions conversions, ErrorReport errors)
{
    private const string Half = "0.5";

    /// <summary>Number of arguments, the first included.</summary>
    public static int ArgumentCount(string name) => name switch
    {
        "quantile" or "top" or "nth_last" or "min_by" or "max_by" or "decayed_sum" or Vocabulary.DecayedCount => 2,
        _ => 1,
    };

    /// <summary>The error about another number of arguments.</summary>
    public static string WrongCount(CallSyntax call)
    {
        var example = call.Name switch
        {
            "quantile" => "quantile(x, 0.9)",
            "top" or "nth_last" => $"{call.Name}(x, 2)",
            "min_by" or "max_by" => $"{call.Name}(x, y)",
            "decayed_sum" => "decayed_sum(x, 2w)",
            Vocabulary.DecayedCount => "decayed_count(SOURCE, 2w)",
            _ => null,
        };
        return $"{call.Name} has {call.Arguments.Length} arguments: expected {ArgumentCount(call.Name)}" + (example is null ? "" : $", as {example}");
    }

    /// <summary>Binds the arguments.</summary>
    /// <returns>Null where an error was reported.</returns>
    public BoundInputs? Bind() => isOfRows ? OfRows() : call.Name switch
    {
        Vocabulary.Share or Vocabulary.DecayedCount => Fail(
            call.Arguments[0].Position, $"{call.Name} takes events: expected the name of a source, as {Example()}"),
        _ => binder.Bind(call.Arguments[0]) is { } input ? OfValues(input) : null,
    };

    private BoundInputs? OfRows()
    {
        switch (call.Name)
        {
            case Vocabulary.Share:
                // Without where the form is wrong, which is told already.
                return call.Where is not null && binder.Condition(call.Where, "where") is { } condition ? new BoundInputs(OneOrZero(condition), ColumnType.Float64) : null;
            case Vocabulary.DecayedCount:
                var one = new ConstantExpression { Type = ColumnType.Float64, Value = 1.0 };
                return Arguments() is { } halfLife ? new BoundInputs(one, ColumnType.Float64, Arguments: halfLife) : null;
        }

        if (TakesRows)
        {
            return new BoundInputs(null, custom?.Result ?? ResultType(ColumnType.None));
        }

        var source = ((NameSyntax)call.Arguments[0]).Name;
        return Fail(
            call.Arguments[0].Position,
            $"{call.Name} takes values, found the source {source}: expected an input, as {call.Name}({source}.COLUMN)");
    }

    private BoundInputs? OfValues(Expression input)
    {
        if (function == AggregateFunction.Value && input is not ColumnExpression)
        {
            return Fail(call.Arguments[0].Position, "value reads one column: expected value(SOURCE.COLUMN), with functions around it");
        }

        if (input.Type == ColumnType.None)
        {
            return Fail(call.Arguments[0].Position, $"the input of {call.Name} is null: expected a value whose type is known");
        }

        if (custom is not null)
        {
            return OfCustom(custom, input);
        }

        if (IsNumeric && input.Type is not ColumnType.Bool && !Conversions.IsNumber(input.Type))
        {
            return Fail(call.Arguments[0].Position, $"{call.Name} takes numbers: expected bool, int64 or float64, found {input.Type.Name()}");
        }

        if (function is AggregateFunction.MinBy or AggregateFunction.MaxBy)
        {
            return Ordered(input);
        }

        if (Arguments() is not { } arguments)
        {
            return null;
        }

        var taken = function switch
        {
            AggregateFunction.Sum or AggregateFunction.Avg => input.Type == ColumnType.Bool ? Convert(input, ColumnType.Int64) : input,
            _ when IsNumeric => Convert(input, ColumnType.Float64),
            _ => input,
        };
        return new BoundInputs(taken, ResultType(taken.Type), Arguments: arguments);
    }

    private BoundInputs? OfCustom(CustomAggregate aggregate, Expression input)
    {
        if (aggregate.Input == ColumnType.None)
        {
            return Fail(call.Arguments[0].Position, $"{call.Name} takes events: expected the name of a source, as {call.Name}(SOURCE) over 13w");
        }

        var isNumber = aggregate.Input is ColumnType.Float64 or ColumnType.Int64 && input.Type is ColumnType.Bool;
        return input.Type == aggregate.Input ? new BoundInputs(input, aggregate.Result)
            : isNumber || (aggregate.Input == ColumnType.Float64 && input.Type == ColumnType.Int64)
                ? new BoundInputs(Convert(input, aggregate.Input), aggregate.Result)
            : Fail(call.Arguments[0].Position, $"{call.Name} takes {aggregate.Input.Name()}, found {input.Type.Name()}");
    }

    /// <summary>Rows count where both the value and what is compared are there: the value is null where the other is.</summary>
    private BoundInputs? Ordered(Expression input)
    {
        if (call.Arguments[1] is LengthSyntax length)
        {
            return Fail(length.Position, $"{call.Name} compares values: expected a column or an expression, found a length");
        }

        if (binder.Bind(call.Arguments[1]) is not { } orderBy)
        {
            return null;
        }

        if (orderBy.Type == ColumnType.None)
        {
            return Fail(call.Arguments[1].Position, $"what {call.Name} compares is null: expected a value whose type is known");
        }

        var isNull = new CallExpression { Function = ScalarFunction.IsNull, Type = ColumnType.Bool, Arguments = [orderBy] };
        var isThere = new CallExpression { Function = ScalarFunction.Not, Type = ColumnType.Bool, Arguments = [isNull] };
        return new BoundInputs(new CaseExpression { Type = input.Type, Branches = [(isThere, input)] }, input.Type, orderBy);
    }

    private static CaseExpression OneOrZero(Expression condition) => new()
    {
        Type = ColumnType.Int64,
        Branches = [(condition, new ConstantExpression { Type = ColumnType.Int64, Value = 1L })],
        Else = new ConstantExpression { Type = ColumnType.Int64, Value = 0L },
    };

    /// <summary>The constant arguments; null where an error was reported.</summary>
    private AggregateArguments? Arguments() => call.Name switch
    {
        "median" => new AggregateArguments(Fraction: 0.5),
        "mode" => new AggregateArguments(Rank: 1),
        "quantile" => Fraction() is { } fraction ? new AggregateArguments(Fraction: fraction) : null,
        "top" or "nth_last" => Rank() is { } rank ? new AggregateArguments(Rank: rank) : null,
        "decayed_sum" or Vocabulary.DecayedCount => HalfLife() is { } halfLife ? new AggregateArguments(HalfLife: halfLife) : null,
        _ => new AggregateArguments(),
    };

    private double? Fraction()
    {
        if (call.Arguments[1] is ConstantSyntax { Value: double or long } constant)
        {
            var fraction = System.Convert.ToDouble(constant.Value, System.Globalization.CultureInfo.InvariantCulture);
            if (fraction is >= 0 and <= 1)
            {
                return fraction + 0.0;
            }
        }

        Fail(call.Arguments[1].Position, $"the second argument of quantile is no number from 0 to 1: expected one, as {Half}");
        return null;
    }

    private int? Rank()
    {
        if (call.Arguments[1] is ConstantSyntax { Value: long and >= 1 and <= int.MaxValue } constant)
        {
            return (int)(long)constant.Value;
        }

        Fail(call.Arguments[1].Position, $"the second argument of {call.Name} is no whole number from 1: expected one, as {call.Name}(x, 2)");
        return null;
    }

    private Core.Calendar.Length? HalfLife()
    {
        if (call.Arguments[1] is LengthSyntax length)
        {
            return length.Length;
        }

        Fail(call.Arguments[1].Position, $"the half life of {call.Name} is no length: expected one, as {Example()}");
        return null;
    }

    private string Example() => call.Name == Vocabulary.Share ? "share(SOURCE where CONDITION)"
        : call.Name == Vocabulary.DecayedCount ? "decayed_count(SOURCE, 2w)"
        : "decayed_sum(x, 2w)";

    private bool TakesRows => custom is { Input: ColumnType.None } || function is AggregateFunction.Count or AggregateFunction.DaysSinceFirst or AggregateFunction.DaysSinceLast
        or AggregateFunction.DaysUntilFirst or AggregateFunction.AvgGapDays or AggregateFunction.LongestGapDays
        or AggregateFunction.ActiveDays or AggregateFunction.ActiveWeeks;

    private bool IsNumeric => function is AggregateFunction.Sum or AggregateFunction.Avg or AggregateFunction.VarPop or AggregateFunction.VarSamp
        or AggregateFunction.StddevPop or AggregateFunction.StddevSamp or AggregateFunction.Quantile or AggregateFunction.Slope
        or AggregateFunction.Skewness or AggregateFunction.Kurtosis or AggregateFunction.DecayedSum;

    private ColumnType ResultType(ColumnType input) => function switch
    {
        AggregateFunction.Count or AggregateFunction.CountDistinct or AggregateFunction.ActiveDays or AggregateFunction.ActiveWeeks =>
            ColumnType.Int64,
        AggregateFunction.Sum or AggregateFunction.Min or AggregateFunction.Max or AggregateFunction.First or AggregateFunction.Last
            or AggregateFunction.NthLast or AggregateFunction.Top or AggregateFunction.Value => input,
        _ => ColumnType.Float64,
    };

    private Expression Convert(Expression input, ColumnType type) =>
        conversions.TryConvert(input, type, out var converted, out var error)
            ? converted
            : throw new ArgumentException(error, nameof(input));

    private BoundInputs? Fail(int position, string message)
    {
        errors.Add(position, message);
        return null;
    }
}
