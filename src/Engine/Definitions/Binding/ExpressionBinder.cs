using System.Collections.Immutable;
using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions.Custom;
using FeatureService.Engine.Definitions.Syntax;

namespace FeatureService.Engine.Definitions.Binding;

/// <summary>
/// Gives names their meaning and every node its type. What is wrong is reported and yields null, and whatever contains it yields
/// null without another word.
/// </summary>
internal abstract partial class ExpressionBinder(Conversions conversions, CustomAggregates custom, ErrorReport errors)
{
    private int _betweenNesting;

    /// <summary>Where errors go.</summary>
    protected ErrorReport Errors => errors;

    /// <summary>Binds an expression.</summary>
    /// <param name="node">The expression as written.</param>
    /// <returns>Null where an error was reported.</returns>
    public Expression? Bind(SyntaxNode node) => errors.IsFull ? null : node switch
    {
        ConstantSyntax constant => Constant(constant),
        NameSyntax name => BindName(name),
        QualifiedSyntax qualified => BindQualified(qualified),
        UnarySyntax { Function: ScalarFunction.Not } not => Condition(not.Operand, "not") is { } condition ? Not(condition) : null,
        UnarySyntax minus => Negative(minus),
        BinarySyntax binary => Binary(binary),
        InSyntax @in => In(@in),
        BetweenSyntax between => Between(between),
        LikeSyntax like => Like(like),
        IsNullSyntax isNull => IsNull(isNull),
        CaseSyntax @case => Case(@case),
        CallSyntax call => Call(call),
        LengthSyntax length => Fail(length.Position, "a length stands only in windows and as an argument of some aggregates"),
        _ => throw new ArgumentException($"no such syntax: {node.GetType().Name}", nameof(node)),
    };

    /// <summary>Binds a condition.</summary>
    /// <param name="node">The expression as written.</param>
    /// <param name="what">What takes it, for messages.</param>
    /// <returns>A bool; null where an error was reported.</returns>
    public Expression? Condition(SyntaxNode node, string what) => Bind(node) switch
    {
        null => null,
        { Type: ColumnType.Bool } condition => condition,
        { Type: ColumnType.None } => new ConstantExpression { Type = ColumnType.Bool, Value = null },
        var other => Fail(node.Position, $"{what} takes a condition: expected bool, found {other.Type.Name()}"),
    };

    /// <summary>Whether <c>week</c> means the row's week here.</summary>
    protected abstract bool KnowsWeek { get; }

    /// <summary>Binds a bare name.</summary>
    protected abstract Expression? BindName(NameSyntax name);

    /// <summary>Binds <c>source.column</c>.</summary>
    protected abstract Expression? BindQualified(QualifiedSyntax qualified);

    /// <summary>Binds an aggregate.</summary>
    protected abstract Expression? BindAggregate(CallSyntax call);

    /// <summary>Reports an error.</summary>
    /// <returns>Null.</returns>
    protected Expression? Fail(int position, string message)
    {
        errors.Add(position, message);
        return null;
    }

    private static Expression Constant(ConstantSyntax constant) => constant.Value is null
        ? Conversions.Null
        : new ConstantExpression { Type = constant.Type, Value = constant.Value };

    private static CallExpression Of(ScalarFunction function, ColumnType type, params ImmutableArray<Expression> arguments) =>
        new() { Function = function, Type = type, Arguments = arguments };

    private static CallExpression Not(Expression condition) =>
        Of(ScalarFunction.Not, ColumnType.Bool, condition);

    private Expression[]? UnifyAll(int position, string what, params IReadOnlyList<SyntaxNode> nodes)
    {
        var operands = nodes.Select(Bind).ToList();
        return operands.Contains(null) ? null : Unify(position, what, operands!);
    }

    private Expression[]? Unify(int position, string what, IReadOnlyList<Expression> operands)
    {
        if (conversions.TryUnify(operands, out var unified, out var error))
        {
            return unified;
        }

        errors.Add(position, $"{what} {error}");
        return null;
    }

    private Expression? Binary(BinarySyntax binary) => binary.Function switch
    {
        ScalarFunction.And or ScalarFunction.Or => Logic(binary),
        ScalarFunction.Add or ScalarFunction.Subtract or ScalarFunction.Multiply or ScalarFunction.Divide or ScalarFunction.Modulo =>
            Arithmetic(binary),
        _ => Comparison(binary),
    };

    private CallExpression? Logic(BinarySyntax binary)
    {
        var left = Condition(binary.Left, $"'{binary.Operator}'");
        var right = Condition(binary.Right, $"'{binary.Operator}'");
        return left is null || right is null ? null : Of(binary.Function, ColumnType.Bool, left, right);
    }

    private Expression? Arithmetic(BinarySyntax binary)
    {
        var left = Bind(binary.Left);
        var right = Bind(binary.Right);
        if (left is null || right is null)
        {
            return null;
        }

        if (!IsArithmetic(left.Type) || !IsArithmetic(right.Type))
        {
            var found = left.Type == right.Type ? left.Type.Name() : $"{left.Type.Name()} and {right.Type.Name()}";
            return Fail(binary.Position, $"'{binary.Operator}' takes numbers: expected int64 or float64, found {found}");
        }

        Expression[] operands = [left, right];
        var isDivision = binary.Function == ScalarFunction.Divide;
        if (!isDivision && left.Type == ColumnType.None && right.Type == ColumnType.None)
        {
            return Fail(binary.Position, $"'{binary.Operator}' has two nulls: expected an operand whose type is known");
        }

        var unified = Unify(binary.Position, $"'{binary.Operator}'", isDivision ? [.. operands.Select(ToFloat64)] : operands);
        return unified is null ? null : Of(binary.Function, unified[0].Type, [.. unified]);
    }

    private CallExpression? Comparison(BinarySyntax binary)
    {
        var unified = UnifyAll(binary.Position, $"'{binary.Operator}'", binary.Left, binary.Right);
        return unified is null ? null : Compare(binary.Function, unified[0], unified[1]);
    }

    private static CallExpression Compare(ScalarFunction function, Expression left, Expression right) =>
        Of(function, ColumnType.Bool, Typed(left), Typed(right));

    private Expression? Negative(UnarySyntax minus) => Bind(minus.Operand) switch
    {
        null => null,
        var operand when Conversions.IsNumber(operand.Type) => Of(ScalarFunction.Negate, operand.Type, operand),
        var operand => Fail(minus.Position, $"'-' takes a number: expected int64 or float64, found {operand.Type.Name()}"),
    };

    private Expression ToFloat64(Expression operand) =>
        conversions.TryConvert(operand, ColumnType.Float64, out var converted, out var error)
            ? converted
            : throw new ArgumentException(error, nameof(operand));

    /// <summary>A null whose type cannot matter is a bool: no evaluator meets a value without a type.</summary>
    private static Expression Typed(Expression operand) => operand.Type == ColumnType.None
        ? new ConstantExpression { Type = ColumnType.Bool, Value = null }
        : operand;

    private static bool IsArithmetic(ColumnType type) => Conversions.IsNumber(type) || type == ColumnType.None;
}
