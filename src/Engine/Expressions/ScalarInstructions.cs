using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions;

namespace FeatureService.Engine.Expressions;

/// <summary>The steps of each operator and function, by the types of its operands.</summary>
internal static class ScalarInstructions
{
    /// <summary>The slot of a call.</summary>
    public static int Compile(ProgramBuilder builder, ZoneClock clock, ScalarFunction function, ColumnType type, int[] operands)
    {
        var operandType = operands.Select(builder.TypeOf).FirstOrDefault(t => t != ColumnType.None);
        return function switch
        {
            ScalarFunction.Floor or ScalarFunction.Ceil or ScalarFunction.Round when operandType != ColumnType.Float64 => operands[0],
            ScalarFunction.Date when operandType == ColumnType.Date => operands[0],
            ScalarFunction.Clip => Clip(builder, type, operands),
            ScalarFunction.Coalesce or ScalarFunction.Least or ScalarFunction.Greatest => Fold(builder, function, type, operands),
            >= ScalarFunction.Equal and <= ScalarFunction.GreaterOrEqual => Compare(builder, function, operandType, operands),
            ScalarFunction.Length => Lookup(builder, operands[0], "length", TextFunctions.Length),
            ScalarFunction.Lower => Map(builder, operands[0], "lower", TextFunctions.Lower),
            ScalarFunction.Upper => Map(builder, operands[0], "upper", TextFunctions.Upper),
            _ => builder.Add(
                FormattableString.Invariant($"{function} {operandType} {string.Join(',', operands)}"),
                type,
                slot => Make(function, operandType, operands, operandType == ColumnType.Timestamp ? clock : null, clock, slot)),
        };
    }

    /// <summary>The slot of a predicate of a text.</summary>
    public static int Predicate(ProgramBuilder builder, int operand, string key, Func<string, bool> predicate) =>
        builder.Add(FormattableString.Invariant($"{key} of {operand}"), ColumnType.Bool, slot =>
            new TextPredicate(operand, builder.NewTable(), predicate) { Target = slot });

    /// <summary>Slots of texts as slots whose codes count into one table.</summary>
    public static int[] Together(ProgramBuilder builder, int[] operands) =>
    [
        .. operands.Select(operand => builder.Add(
            FormattableString.Invariant($"recode {operand} {string.Join(',', operands.Order())}"),
            ColumnType.String,
            slot => new Recode(operand, operands, builder.NewTable()) { Target = slot })),
    ];

    private static int Lookup(ProgramBuilder builder, int operand, string key, Func<string, long> function) =>
        builder.Add(FormattableString.Invariant($"{key} of {operand}"), ColumnType.Int64, slot =>
            new TextLookup(operand, builder.NewTable(), function) { Target = slot });

    private static int Map(ProgramBuilder builder, int operand, string key, Func<string, string> function) =>
        builder.Add(FormattableString.Invariant($"{key} of {operand}"), ColumnType.String, slot =>
            new TextMap(operand, builder.NewTable(), function) { Target = slot });

    /// <summary>Functions of any number of operands, two at a time.</summary>
    private static int Fold(ProgramBuilder builder, ScalarFunction function, ColumnType type, int[] operands)
    {
        if (type == ColumnType.String)
        {
            operands = Together(builder, operands);
        }

        var isText = type == ColumnType.String;
        return operands.Aggregate((a, b) =>
        {
            if (function == ScalarFunction.Coalesce)
            {
                return builder.Add(
                    FormattableString.Invariant($"coalesce {a} {b}"),
                    type,
                    slot => new Coalesce(a, b, type == ColumnType.Bool, isText) { Target = slot });
            }

            return Extreme(builder, function, type, a, b);
        });
    }

    /// <summary>The least of the greatest, bounds that are null left out, where the first operand has a value.</summary>
    private static int Clip(ProgramBuilder builder, ColumnType type, int[] operands)
    {
        var isText = type == ColumnType.String;
        if (isText)
        {
            operands = Together(builder, operands);
        }

        var raised = Extreme(builder, ScalarFunction.Greatest, type, operands[0], operands[1]);
        var clipped = Extreme(builder, ScalarFunction.Least, type, raised, operands[2]);
        return builder.Add(
            FormattableString.Invariant($"null with {clipped} {operands[0]}"),
            type,
            slot => new NullWith(clipped, operands[0], isText) { Target = slot });
    }

    /// <summary>The lesser or greater of two slots, of texts those of one table.</summary>
    private static int Extreme(ProgramBuilder builder, ScalarFunction function, ColumnType type, int a, int b)
    {
        var relation = function == ScalarFunction.Least ? ScalarFunction.LessOrEqual : ScalarFunction.GreaterOrEqual;
        var wins = CompareCodes(builder, relation, type, [a, b]);
        return builder.Add(
            FormattableString.Invariant($"{function} {a} {b}"),
            type,
            slot => new Extreme(a, b, wins, type == ColumnType.Bool, type == ColumnType.String) { Target = slot });
    }

    private static int Compare(ProgramBuilder builder, ScalarFunction function, ColumnType type, int[] operands) =>
        CompareCodes(builder, function, type, type == ColumnType.String ? Together(builder, operands) : operands);

    /// <summary>Relations come down to equal and less; order is total, so their opposites are the rest.</summary>
    private static int CompareCodes(ProgramBuilder builder, ScalarFunction function, ColumnType type, int[] operands)
    {
        var equality = function is ScalarFunction.Equal or ScalarFunction.NotEqual;
        var negated = function is ScalarFunction.NotEqual or ScalarFunction.LessOrEqual or ScalarFunction.GreaterOrEqual;
        var swapped = function is ScalarFunction.Greater or ScalarFunction.LessOrEqual;
        var (left, right) = swapped ? (operands[1], operands[0]) : (operands[0], operands[1]);
        return builder.Add(
            FormattableString.Invariant($"{(equality ? "equal" : "less")} {negated} {left} {right}"),
            ColumnType.Bool,
            slot => Relation(type, equality, left, right, negated, slot));
    }

    private static Instruction Relation(ColumnType type, bool equality, int left, int right, bool negated, int slot) => (type, equality) switch
    {
        (ColumnType.Bool, true) => new BoolComparison<EqualBool>(left, right, negated) { Target = slot },
        (ColumnType.Bool, false) => new BoolComparison<LessBool>(left, right, negated) { Target = slot },
        (ColumnType.Float64, true) => new Comparison<double, EqualFloat>(left, right, negated) { Target = slot },
        (ColumnType.Float64, false) => new Comparison<double, LessFloat>(left, right, negated) { Target = slot },
        (_, true) => new Comparison<long, EqualInteger>(left, right, negated) { Target = slot },
        _ => new Comparison<long, LessInteger>(left, right, negated) { Target = slot },
    };

    private static Instruction Make(
        ScalarFunction function, ColumnType type, int[] operands, ZoneClock? ofTimestamp, ZoneClock clock, int slot) => function switch
        {
            <= ScalarFunction.Negate or (>= ScalarFunction.Abs and <= ScalarFunction.Round) =>
                type == ColumnType.Float64 ? OfFloat(function, operands, slot) : OfInteger(function, operands, slot),
            ScalarFunction.Exp => new Unary<double, double, ExpFloat>(operands[0]) { Target = slot },
            ScalarFunction.Ln => new DomainFunction<LnFloat>(operands[0]) { Target = slot },
            ScalarFunction.Log1p => new DomainFunction<Log1pFloat>(operands[0]) { Target = slot },
            ScalarFunction.Sqrt => new DomainFunction<SqrtFloat>(operands[0]) { Target = slot },
            ScalarFunction.And => new Connective(operands[0], operands[1], true) { Target = slot },
            ScalarFunction.Or => new Connective(operands[0], operands[1], false) { Target = slot },
            ScalarFunction.Not => new Negation(operands[0]) { Target = slot },
            ScalarFunction.IsNull => new NullTest(operands[0]) { Target = slot },
            ScalarFunction.ToInt64 => new BoolToInteger(operands[0]) { Target = slot },
            ScalarFunction.ToFloat64 => type == ColumnType.Bool
                ? new BoolToFloat(operands[0]) { Target = slot }
                : new IntegerToFloat(operands[0]) { Target = slot },
            ScalarFunction.ToTimestamp => new DateToTimestamp(operands[0], clock) { Target = slot },
            _ => OfTime(function, operands[0], ofTimestamp, slot),
        };

    private static Instruction OfFloat(ScalarFunction function, int[] operands, int slot) => function switch
    {
        ScalarFunction.Add => new Binary<double, AddFloat>(operands[0], operands[1]) { Target = slot },
        ScalarFunction.Subtract => new Binary<double, SubtractFloat>(operands[0], operands[1]) { Target = slot },
        ScalarFunction.Multiply => new Binary<double, MultiplyFloat>(operands[0], operands[1]) { Target = slot },
        ScalarFunction.Divide => new Division(operands[0], operands[1]) { Target = slot },
        ScalarFunction.Modulo => new Partial<double, ModuloFloat>(operands[0], operands[1]) { Target = slot },
        ScalarFunction.Negate => new Unary<double, double, NegateFloat>(operands[0]) { Target = slot },
        ScalarFunction.Abs => new Unary<double, double, AbsFloat>(operands[0]) { Target = slot },
        ScalarFunction.Floor => new Unary<double, double, FloorFloat>(operands[0]) { Target = slot },
        ScalarFunction.Ceil => new Unary<double, double, CeilFloat>(operands[0]) { Target = slot },
        _ => new Unary<double, double, RoundFloat>(operands[0]) { Target = slot },
    };

    private static Instruction OfInteger(ScalarFunction function, int[] operands, int slot) => function switch
    {
        ScalarFunction.Add => new Overflowing<AddInteger>(operands[0], operands[1]) { Target = slot },
        ScalarFunction.Subtract => new Overflowing<SubtractInteger>(operands[0], operands[1]) { Target = slot },
        ScalarFunction.Multiply => new Overflowing<MultiplyInteger>(operands[0], operands[1]) { Target = slot },
        ScalarFunction.Modulo => new Partial<long, ModuloInteger>(operands[0], operands[1]) { Target = slot },
        ScalarFunction.Negate => new Overflowing<NegateInteger>(operands[0], operands[0]) { Target = slot },
        ScalarFunction.Abs => new Overflowing<AbsInteger>(operands[0], operands[0]) { Target = slot },
        _ => throw new NotSupportedException($"{function} of an integer"),
    };

    private static Instruction OfTime(ScalarFunction function, int operand, ZoneClock? clock, int slot) => function switch
    {
        ScalarFunction.Hour => new TimeFunction<HourOf>(operand, clock) { Target = slot },
        ScalarFunction.Minute => new TimeFunction<MinuteOf>(operand, clock) { Target = slot },
        ScalarFunction.Weekday => new TimeFunction<WeekdayOf>(operand, clock) { Target = slot },
        ScalarFunction.IsoWeekday => new TimeFunction<IsoWeekdayOf>(operand, clock) { Target = slot },
        ScalarFunction.Day => new TimeFunction<DayOfMonthOf>(operand, clock) { Target = slot },
        ScalarFunction.Month => new TimeFunction<MonthOf>(operand, clock) { Target = slot },
        ScalarFunction.Year => new TimeFunction<YearOf>(operand, clock) { Target = slot },
        ScalarFunction.IsoYear => new TimeFunction<IsoYearOf>(operand, clock) { Target = slot },
        ScalarFunction.WeekOfYear => new TimeFunction<WeekOfYearOf>(operand, clock) { Target = slot },
        ScalarFunction.Date => new TimeFunction<DateOf>(operand, clock) { Target = slot },
        _ => throw new NotSupportedException($"the function {function}"),
    };
}
