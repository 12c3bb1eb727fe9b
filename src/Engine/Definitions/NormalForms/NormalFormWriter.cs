using System.Globalization;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;

namespace FeatureService.Engine.Definitions.NormalForms;

/// <summary>
/// Writes bound definitions so that two of them have one text where they are the same computation by the rules of LANGUAGE.md.
/// The form is described in docs/normal-form.md; a text that it gave once never changes.
/// </summary>
internal sealed class NormalFormWriter(Catalog catalog)
{
    private bool _isTooLong;

    /// <summary>The normal form of a definition.</summary>
    /// <param name="role">Feature or label.</param>
    /// <param name="expression">The bound definition.</param>
    /// <returns>Null where it is longer than <see cref="Limits.NormalFormLengthMax"/>.</returns>
    public string? Write(FeatureRole role, Expression expression)
    {
        _isTooLong = false;
        var text = Bounded($"{Prefix(role)}{Text(expression, role, source: null)}");
        return _isTooLong ? null : text;
    }

    /// <summary>The normal form of one aggregate.</summary>
    /// <param name="call">The aggregate.</param>
    public string Write(AggregateCall call) => Aggregate(call, FeatureRole.Feature);

    /// <summary>A name as it stands in normal forms: bare where it is an identifier, else in double quotes.</summary>
    /// <param name="name">The name.</param>
    public static string Name(string name)
    {
        var isIdentifier = name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
        return isIdentifier ? name : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static string Prefix(FeatureRole role) => role == FeatureRole.Feature ? "feature: " : "label: ";

    private string Text(Expression expression, FeatureRole role, EventSource? source) => Bounded(expression switch
    {
        ConstantExpression constant => Constant(constant),
        ColumnExpression column => $"{Name(source!.Name)}.{Name(column.Name)}",
        AggregateExpression aggregate => Aggregate(aggregate.Call, role),
        FeatureExpression feature => Feature(feature.Column, role),
        CallExpression call => Call(call, role, source),
        CaseExpression @case => Case(@case, role, source),
        WeekExpression => "week",
        _ => throw new ArgumentException($"no normal form for {expression.GetType().Name}", nameof(expression)),
    });

    private string Call(CallExpression call, FeatureRole role, EventSource? source)
    {
        var arguments = call.Arguments.Select(argument => Text(argument, role, source)).ToArray();
        if (IsCommutative(call.Function))
        {
            Array.Sort(arguments, StringComparer.Ordinal);
        }

        return $"{NormalFormNames.Of(call.Function)}({string.Join(", ", arguments)})";
    }

    private string Case(CaseExpression @case, FeatureRole role, EventSource? source)
    {
        var branches = @case.Branches.Select(branch => $"when {Text(branch.When, role, source)} then {Text(branch.Then, role, source)}");
        var otherwise = @case.Else is null ? "" : $" else {Text(@case.Else, role, source)}";
        return $"case({string.Join(' ', branches)}{otherwise})";
    }

    private string Aggregate(AggregateCall call, FeatureRole role)
    {
        var source = catalog.Sources[call.Source];
        var input = call.Input is null ? Name(source.Name) : Input(call.Input, role, source);
        var where = call.Where is null ? "" : $" where {Text(call.Where, role, source)}";
        var over = call.Function == AggregateFunction.Value ? "" : $" over {call.Window.NormalForm}";
        var name = call.Custom is { } custom
            ? string.Create(CultureInfo.InvariantCulture, $"{custom.Name}#{custom.Version}")
            : NormalFormNames.Of(call.Function);
        return $"{name}({input}{Arguments(call, role, source)}{where}{over})";
    }

    /// <summary>An input that reads no column does not say what it is an input of: the source stands before it.</summary>
    private string Input(Expression input, FeatureRole role, EventSource source) =>
        (ReadsColumn(input) ? "" : $"{Name(source.Name)}: ") + Text(input, role, source);

    private string Arguments(AggregateCall call, FeatureRole role, EventSource source) => call.Function switch
    {
        AggregateFunction.MinBy or AggregateFunction.MaxBy => $", {Text(call.OrderBy!, role, source)}",
        AggregateFunction.Quantile => ", " + Constant(new ConstantExpression { Type = ColumnType.Float64, Value = call.Arguments.Fraction }),
        AggregateFunction.Top or AggregateFunction.NthLast =>
            ", " + Constant(new ConstantExpression { Type = ColumnType.Int64, Value = (long)call.Arguments.Rank }),
        AggregateFunction.DecayedSum => $", {call.Arguments.HalfLife!.Value.NormalForm}",
        _ => "",
    };

    private static bool ReadsColumn(Expression expression) => expression switch
    {
        ColumnExpression => true,
        CallExpression call => call.Arguments.Any(ReadsColumn),
        CaseExpression @case => @case.Branches.Any(branch => ReadsColumn(branch.When) || ReadsColumn(branch.Then))
            || (@case.Else is { } otherwise && ReadsColumn(otherwise)),
        _ => false,
    };

    /// <summary>Another definition written out; a feature inside a label keeps its role, as it does not see what a label sees.</summary>
    private static string Feature(FeatureColumn column, FeatureRole role)
    {
        var text = column.NormalForm[Prefix(column.Role).Length..];
        return column.Role == role ? text : $"feature({text})";
    }

    private static bool IsCommutative(ScalarFunction function) => function is ScalarFunction.Add or ScalarFunction.Multiply
        or ScalarFunction.Equal or ScalarFunction.NotEqual or ScalarFunction.And or ScalarFunction.Or;

    private static string Constant(ConstantExpression constant) => constant.Type.Name() + ":" + constant.Value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        int day => WeekCalendar.Date(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        double number => BitConverter.DoubleToInt64Bits(number).ToString("x16", CultureInfo.InvariantCulture),
        string text => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        _ => throw new ArgumentException($"no constant of type {constant.Value.GetType().Name}", nameof(constant)),
    };

    /// <summary>Drops a text that is too long, so that definitions that double each other end here and not in memory.</summary>
    private string Bounded(string text)
    {
        _isTooLong |= text.Length > Limits.NormalFormLengthMax;
        return _isTooLong ? "" : text;
    }
}
