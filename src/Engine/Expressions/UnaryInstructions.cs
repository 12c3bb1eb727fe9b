using System.Runtime.Intrinsics;

namespace FeatureService.Engine.Expressions;

/// <summary>A function of one vector that has a value wherever its operand has one.</summary>
internal interface IUnaryOperator<TIn, TOut>
    where TIn : unmanaged
    where TOut : unmanaged
{
    static abstract Vector512<TOut> Apply(Vector512<TIn> value);
}

internal readonly struct NegateFloat : IUnaryOperator<double, double>
{
    public static Vector512<double> Apply(Vector512<double> value) => -value;
}

internal readonly struct AbsFloat : IUnaryOperator<double, double>
{
    public static Vector512<double> Apply(Vector512<double> value) => Vector512.Abs(value);
}

internal readonly struct FloorFloat : IUnaryOperator<double, double>
{
    public static Vector512<double> Apply(Vector512<double> value) => Vector512.Floor(value);
}

internal readonly struct CeilFloat : IUnaryOperator<double, double>
{
    public static Vector512<double> Apply(Vector512<double> value) => Vector512.Ceiling(value);
}

internal readonly struct RoundFloat : IUnaryOperator<double, double>
{
    /// <summary>Half away from zero; what the truncation leaves is exact, so 0.49999999999999994 stays below one half.</summary>
    public static Vector512<double> Apply(Vector512<double> value)
    {
        var whole = Vector512.Truncate(value);
        var up = Vector512.GreaterThanOrEqual(Vector512.Abs(value - whole), Vector512.Create(0.5));
        var one = Vector512.CopySign(Vector512<double>.One, value);
        return Vector512.ConditionalSelect(up, whole + one, whole);
    }
}

/// <summary>An int64 as float64; straight from int32 where it came as such.</summary>
internal sealed unsafe class IntegerToFloat(int operand) : Instruction
{
    public override void Run(Frame frame)
    {
        var source = frame.Slots.AsTheyAre(operand);
        var target = frame.Take<double>();
        if (source.Ints != null)
        {
            for (nint i = 0; i < frame.Count; i += Vector512<double>.Count)
            {
                Widening.Doubles(source.Ints + i).Store(target + i);
            }
        }
        else
        {
            for (nint i = 0; i < frame.Count; i += Vector512<double>.Count)
            {
                Vector512.ConvertToDouble(source.Longs(i)).Store(target + i);
            }
        }

        frame.Slots[Target] = source with { Data = target, Ints = null, Mask = -1 };
    }
}

/// <summary>A function of one slot.</summary>
internal sealed unsafe class Unary<TIn, TOut, TOperator>(int operand) : Instruction
    where TIn : unmanaged
    where TOut : unmanaged
    where TOperator : IUnaryOperator<TIn, TOut>
{
    public override void Run(Frame frame)
    {
        var source = frame.Slots[operand];
        var target = frame.Take<TOut>();
        for (nint i = 0; i < frame.Count; i += Vector512<TIn>.Count)
        {
            TOperator.Apply(Vector512.Load((TIn*)source.Data + (i & source.Mask))).Store(target + i);
        }

        frame.Slots[Target] = source with { Data = target, Mask = -1 };
    }
}

/// <summary>A bool as int64: 1 or 0.</summary>
internal sealed unsafe class BoolToInteger(int operand) : Instruction
{
    public override void Run(Frame frame)
    {
        var source = frame.Slots[operand];
        frame.Slots[Target] = source with { Data = Expand(frame, source), Mask = -1 };
    }

    /// <summary>The bits as int64 of 1 or 0.</summary>
    public static long* Expand(Frame frame, Lanes source)
    {
        var target = frame.Take<long>();
        for (nint word = 0; word < frame.Words; word++)
        {
            var bits = source.Word(word);
            var end = Math.Min(frame.Count - (word << 6), 64);
            for (nint i = 0; i < end; i++)
            {
                target[(word << 6) + i] = (long)(bits >> (int)i & 1);
            }
        }

        return target;
    }
}

/// <summary>A bool as float64: 1 or 0.</summary>
internal sealed unsafe class BoolToFloat(int operand) : Instruction
{
    public override void Run(Frame frame)
    {
        var source = frame.Slots[operand];
        var values = BoolToInteger.Expand(frame, source);
        for (nint i = 0; i < frame.Count; i++)
        {
            ((double*)values)[i] = values[i];
        }

        frame.Slots[Target] = source with { Data = values, Mask = -1 };
    }
}
