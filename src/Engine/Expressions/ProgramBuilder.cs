using System.Globalization;
using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions;

namespace FeatureService.Engine.Expressions;

/// <summary>Builds a <see cref="VectorProgram"/> from bound expressions; equal subexpressions get one slot.</summary>
/// <param name="clock">The catalog's zone.</param>
internal sealed class ProgramBuilder(ZoneClock clock)
{
    private readonly Dictionary<string, int> _slots = [];
    private readonly List<ColumnType> _types = [];
    private readonly List<ProgramInput> _inputs = [];
    private readonly List<Instruction> _instructions = [];
    private int _tableCount;

    /// <summary>Type of the values of a slot.</summary>
    public ColumnType TypeOf(int slot) => _types[slot];

    /// <summary>The finished program.</summary>
    public VectorProgram Build() => new(_types, _inputs, _instructions, _tableCount);

    /// <summary>A slot that the caller fills.</summary>
    public int Input(ProgramInputKind kind, int index, ColumnType type) =>
        Slot(Key($"{kind} {index}"), type, slot => _inputs.Add(new ProgramInput(slot, kind, index, type)));

    /// <summary>The slot of an expression, its steps added where no earlier expression has them.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="leaf">The slot of a column, aggregate, feature or week.</param>
    public int Compile(Expression expression, Func<Expression, int> leaf) => expression switch
    {
        ConstantExpression constant => Constant(constant.Type, constant.Value),
        CaseExpression cases => Case(cases, leaf),
        CallExpression { Function: ScalarFunction.In } call => In(call, leaf),
        CallExpression { Function: ScalarFunction.Like } call => Like(call, leaf),
        CallExpression call => Call(call.Function, call.Type, [.. call.Arguments.Select(argument => Compile(argument, leaf))]),
        _ => leaf(expression),
    };

    /// <summary>The slot of a step, which is added where there is none with this key yet.</summary>
    internal int Slot(string key, ColumnType type, Action<int> add)
    {
        if (!_slots.TryGetValue(key, out var slot))
        {
            slot = _types.Count;
            _types.Add(type);
            _slots.Add(key, slot);
            add(slot);
        }

        return slot;
    }

    /// <summary>The slot of an instruction.</summary>
    internal int Add(string key, ColumnType type, Func<int, Instruction> make) => Slot(key, type, slot => _instructions.Add(make(slot)));

    /// <summary>Number of a new table.</summary>
    internal int NewTable() => _tableCount++;

    private static string Key(FormattableString key) => FormattableString.Invariant(key);

    private int Constant(ColumnType type, object? value)
    {
        // The bits of a float tell 0.0 and -0.0 and the NaNs apart.
        var text = value is double number
            ? BitConverter.DoubleToInt64Bits(number).ToString("x", CultureInfo.InvariantCulture)
            : Convert.ToString(value, CultureInfo.InvariantCulture);
        return Add(Key($"constant {type} {(value is null ? "null" : "= " + text)}"), type, slot => value switch
        {
            null => new NullConstant { Target = slot },
            bool truth => new BoolConstant(truth) { Target = slot },
            long integer => new Constant(integer) { Target = slot },
            int day => new Constant(day) { Target = slot },
            double real => new Constant(BitConverter.DoubleToInt64Bits(real)) { Target = slot },
            _ => new TextConstant((string)value) { Target = slot },
        });
    }

    private int Case(CaseExpression cases, Func<Expression, int> leaf)
    {
        int[] results = [.. cases.Branches.Select(branch => Compile(branch.Then, leaf)), Otherwise(cases, leaf)];
        if (cases.Type == ColumnType.String)
        {
            results = ScalarInstructions.Together(this, results);
        }

        var isBool = cases.Type == ColumnType.Bool;
        var result = results[^1];
        for (var i = cases.Branches.Length - 1; i >= 0; i--)
        {
            var (when, then, otherwise) = (Compile(cases.Branches[i].When, leaf), results[i], result);
            result = Add(
                Key($"case {when} {then} {otherwise}"),
                cases.Type,
                slot => new Branch(when, then, otherwise, isBool, cases.Type == ColumnType.String) { Target = slot });
        }

        return result;
    }

    private int Otherwise(CaseExpression cases, Func<Expression, int> leaf) =>
        cases.Else is null ? Constant(cases.Type, null) : Compile(cases.Else, leaf);

    /// <summary>A chain of <c>=</c> and <c>or</c>, which has the right nulls; of a text one look-up.</summary>
    private int In(CallExpression call, Func<Expression, int> leaf)
    {
        var operand = Compile(call.Arguments[0], leaf);
        var values = call.Arguments.Skip(1).Cast<ConstantExpression>().ToArray();
        if (TypeOf(operand) == ColumnType.String)
        {
            var texts = values.Select(value => (string?)value.Value).OfType<string>().ToHashSet();
            var found = ScalarInstructions.Predicate(this, operand, "in " + string.Join('\0', texts.Order(StringComparer.Ordinal)), texts.Contains);
            return values.Any(value => value.Value is null)
                ? Call(ScalarFunction.Or, ColumnType.Bool, [found, Constant(ColumnType.Bool, null)])
                : found;
        }

        var result = -1;
        foreach (var value in values)
        {
            var equal = Call(ScalarFunction.Equal, ColumnType.Bool, [operand, Constant(TypeOf(operand), value.Value)]);
            result = result < 0 ? equal : Call(ScalarFunction.Or, ColumnType.Bool, [result, equal]);
        }

        return result;
    }

    private int Like(CallExpression call, Func<Expression, int> leaf)
    {
        var operand = Compile(call.Arguments[0], leaf);
        if (call.Arguments[1] is not ConstantExpression { Value: string pattern })
        {
            return Constant(ColumnType.Bool, null);
        }

        return ScalarInstructions.Predicate(this, operand, "like " + pattern, new LikePattern(pattern).Matches);
    }

    private int Call(ScalarFunction function, ColumnType type, int[] operands) =>
        ScalarInstructions.Compile(this, clock, function, type, operands);
}
