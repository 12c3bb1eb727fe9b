using System.Runtime.Intrinsics;
using FeatureService.Engine.Numerics;

namespace FeatureService.Engine.Expressions;

/// <summary>A function of one vector that has no value for some numbers; it has one for NaN.</summary>
internal interface IDomainOperator
{
    static abstract Vector512<double> Apply(Vector512<double> value);

    /// <summary>All bits of a lane set where there is no value.</summary>
    static abstract Vector512<double> IsOutside(Vector512<double> value);
}

internal readonly struct ExpFloat : IUnaryOperator<double, double>
{
    public static Vector512<double> Apply(Vector512<double> value) => Elementary.Exp(value);
}

internal readonly struct LnFloat : IDomainOperator
{
    public static Vector512<double> Apply(Vector512<double> value) => Elementary.Ln(value);

    public static Vector512<double> IsOutside(Vector512<double> value) => Vector512.LessThanOrEqual(value, Vector512<double>.Zero);
}

internal readonly struct Log1pFloat : IDomainOperator
{
    public static Vector512<double> Apply(Vector512<double> value) => Elementary.Log1p(value);

    public static Vector512<double> IsOutside(Vector512<double> value) => Vector512.LessThanOrEqual(value, -Vector512<double>.One);
}

internal readonly struct SqrtFloat : IDomainOperator
{
    public static Vector512<double> Apply(Vector512<double> value) => Vector512.Sqrt(value);

    public static Vector512<double> IsOutside(Vector512<double> value) => Vector512.LessThan(value, Vector512<double>.Zero);
}

/// <summary>A function of one slot, null outside its domain.</summary>
internal sealed unsafe class DomainFunction<TOperator>(int operand) : Instruction
    where TOperator : IDomainOperator
{
    public override void Run(Frame frame)
    {
        var source = frame.Slots[operand];
        var target = frame.Take<double>();
        var defined = frame.TakeBits();
        ulong outside = 0;
        for (nint i = 0; i < frame.Count; i += 8)
        {
            var value = source.Doubles(i);
            TOperator.Apply(value).Store(target + i);
            var bits = TOperator.IsOutside(value).ExtractMostSignificantBits();
            ((byte*)defined)[i >> 3] = (byte)~bits;
            outside |= bits;
        }

        frame.Slots[Target] = source with
        {
            Data = target,
            Mask = -1,
            Valid = outside == 0 ? source.Valid : frame.Both(source.Valid, defined),
        };
    }
}
