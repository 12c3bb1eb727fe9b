using System.Collections.Immutable;
using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions.Syntax;

namespace FeatureService.Engine.Definitions.Binding;

/// <content>Tests, cases and functions.</content>
internal abstract partial class ExpressionBinder
{
    private CallExpression? In(InSyntax @in)
    {
        var unified = UnifyAll(@in.Position, "'in'", [@in.Operand, .. @in.Values]);
        return unified is null ? null : NotIf(@in.Negated, Of(ScalarFunction.In, ColumnType.Bool, [.. unified.Select(Typed)]));
    }

    /// <summary><c>x between low and high</c> is <c>x &gt;= low and x &lt;= high</c>, in SQL as here.</summary>
    private CallExpression? Between(BetweenSyntax between)
    {
        if (_betweenNesting == Limits.BetweenNestingMax)
        {
            Fail(
                between.Position,
                $"between stands too deep in the first operand of between: expected at most {Limits.BetweenNestingMax} levels");
            return null;
        }

        _betweenNesting++;
        var operand = Bind(between.Operand);
        _betweenNesting--;
        var low = Bind(between.Low);
        var high = Bind(between.High);
        if (operand is null || low is null || high is null)
        {
            return null;
        }

        var atLeast = Unify(between.Position, "'between'", [operand, low]);
        var atMost = Unify(between.Position, "'between'", [operand, high]);
        return atLeast is null || atMost is null
            ? null
            : NotIf(
                between.Negated,
                Of(
                    ScalarFunction.And,
                    ColumnType.Bool,
                    Compare(ScalarFunction.GreaterOrEqual, atLeast[0], atLeast[1]),
                    Compare(ScalarFunction.LessOrEqual, atMost[0], atMost[1])));
    }

    private CallExpression? Like(LikeSyntax like)
    {
        var operand = Bind(like.Operand);
        if (operand is null)
        {
            return null;
        }

        if (operand.Type is not ColumnType.String and not ColumnType.None)
        {
            Fail(like.Position, $"'like' takes a text: expected string, found {operand.Type.Name()}");
            return null;
        }

        var pattern = new ConstantExpression { Type = ColumnType.String, Value = like.Pattern };
        return NotIf(like.Negated, Of(ScalarFunction.Like, ColumnType.Bool, Text(operand), pattern));
    }

    private static Expression Text(Expression operand) => operand.Type == ColumnType.None
        ? new ConstantExpression { Type = ColumnType.String, Value = null }
        : operand;

    private CallExpression? IsNull(IsNullSyntax isNull) => Bind(isNull.Operand) is { } operand
        ? NotIf(isNull.Negated, Of(ScalarFunction.IsNull, ColumnType.Bool, Typed(operand)))
        : null;

    private static CallExpression NotIf(bool isNegated, CallExpression test) => isNegated ? Not(test) : test;

    private CaseExpression? Case(CaseSyntax @case)
    {
        var conditions = @case.Branches.Select(branch => Condition(branch.When, "when")).ToList();
        var results = UnifyAll(
            @case.Position, "case", [.. @case.Branches.Select(branch => branch.Then), .. SyntaxWalk.Present(@case.Else)]);
        if (conditions.Contains(null) || results is null)
        {
            return null;
        }

        if (results[0].Type == ColumnType.None)
        {
            Fail(@case.Position, "every branch of case is null: expected one whose type is known");
            return null;
        }

        return new CaseExpression
        {
            Type = results[0].Type,
            Branches = [.. conditions.Zip(results, (when, then) => (when!, then))],
            Else = @case.Else is null ? null : results[^1],
        };
    }

    private Expression? Call(CallSyntax call)
    {
        if (Vocabulary.Aggregates.ContainsKey(call.Name) || custom.Find(call.Name) is not null)
        {
            return BindAggregate(call);
        }

        if (!Vocabulary.Functions.TryGetValue(call.Name, out var function))
        {
            var known = Vocabulary.Functions.Keys.Concat(Vocabulary.Aggregates.Keys).Concat(custom.Names).Order(StringComparer.Ordinal);
            return Fail(call.Position, $"unknown function '{call.Name}': {NearestName.Hint(call.Name, known)}");
        }

        if (call.Where is not null)
        {
            return Fail(call.WherePosition, $"{call.Name} is no aggregate: 'where' stands only in aggregates");
        }

        if (call.Window is not null)
        {
            return Fail(call.Window.Position, $"{call.Name} is no aggregate: expected no window behind it");
        }

        if (KnowsWeek && call.Arguments is [NameSyntax { Name: ReservedColumns.Week }] && Vocabulary.WeekFunctions.Contains(call.Name))
        {
            return Function(call, function, [new WeekExpression { Type = ColumnType.Date }]);
        }

        var arguments = call.Arguments.Select(Bind).ToList();
        return arguments.Contains(null) ? null : Function(call, function, arguments!);
    }

    private Expression? Function(CallSyntax call, ScalarFunction function, IReadOnlyList<Expression> arguments)
    {
        if (function == ScalarFunction.Clip && arguments.Count != 3)
        {
            return Fail(call.Position, $"clip has {arguments.Count} arguments: expected 3, as clip(x, low, high)");
        }

        if (function is ScalarFunction.Coalesce or ScalarFunction.Least or ScalarFunction.Greatest or ScalarFunction.Clip)
        {
            var unified = Unify(call.Position, call.Name, arguments);
            return unified switch
            {
                null => null,
                _ when unified[0].Type == ColumnType.None =>
                    Fail(call.Position, $"every argument of {call.Name} is null: expected one whose type is known"),
                _ => Of(function, unified[0].Type, [.. unified]),
            };
        }

        if (arguments.Count != 1)
        {
            return Fail(call.Position, $"{call.Name} has {arguments.Count} arguments: expected 1");
        }

        var (takes, type) = Signature(function, arguments[0].Type);
        var argument = takes == TextOnly ? Text(arguments[0])
            : takes == Numbers && type == ColumnType.Float64 && Conversions.IsNumber(arguments[0].Type) ? ToFloat64(arguments[0])
            : arguments[0];
        return takes.Contains(argument.Type)
            ? Of(function, type, argument)
            : Fail(
                call.Arguments[0].Position,
                $"{call.Name} takes {string.Join(" or ", takes.Select(taken => taken.Name()))}, found {argument.Type.Name()}");
    }

    private static readonly ColumnType[] Numbers = [ColumnType.Int64, ColumnType.Float64];
    private static readonly ColumnType[] TextOnly = [ColumnType.String];
    private static readonly ColumnType[] TimestampOnly = [ColumnType.Timestamp];
    private static readonly ColumnType[] Times = [ColumnType.Timestamp, ColumnType.Date];

    private static (ColumnType[] Takes, ColumnType Type) Signature(ScalarFunction function, ColumnType argument) => function switch
    {
        ScalarFunction.Abs or ScalarFunction.Floor or ScalarFunction.Ceil or ScalarFunction.Round => (Numbers, argument),
        ScalarFunction.Ln or ScalarFunction.Log1p or ScalarFunction.Exp or ScalarFunction.Sqrt => (Numbers, ColumnType.Float64),
        ScalarFunction.Length => (TextOnly, ColumnType.Int64),
        ScalarFunction.Lower or ScalarFunction.Upper => (TextOnly, ColumnType.String),
        ScalarFunction.Hour or ScalarFunction.Minute => (TimestampOnly, ColumnType.Int64),
        ScalarFunction.Date => (Times, ColumnType.Date),
        _ => (Times, ColumnType.Int64),
    };
}
