using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FeatureService.Engine.Numerics;

/// <summary>A vector of float64.</summary>
internal readonly struct EightFloats(Vector512<double> value) : IFloats<EightFloats>
{
    /// <summary>The vector.</summary>
    public Vector512<double> Value { get; } = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightFloats operator +(EightFloats left, EightFloats right) => new(left.Value + right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightFloats operator -(EightFloats left, EightFloats right) => new(left.Value - right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightFloats operator *(EightFloats left, EightFloats right) => new(left.Value * right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightFloats operator /(EightFloats left, EightFloats right) => new(left.Value / right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightFloats operator &(EightFloats left, EightFloats right) => new(left.Value & right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightFloats operator |(EightFloats left, EightFloats right) => new(left.Value | right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightFloats operator <<(EightFloats value, int count) => new((value.Value.AsInt64() << count).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightFloats operator >>>(EightFloats value, int count) => new((value.Value.AsInt64() >>> count).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightFloats All(double value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightFloats Bits(long bits) => new(Vector512.Create(bits).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightFloats AddBits(EightFloats left, EightFloats right) =>
        new((left.Value.AsInt64() + right.Value.AsInt64()).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightFloats SubtractBits(EightFloats left, EightFloats right) =>
        new((left.Value.AsInt64() - right.Value.AsInt64()).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightFloats Equal(EightFloats left, EightFloats right) => new(Vector512.Equals(left.Value, right.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightFloats Greater(EightFloats left, EightFloats right) => new(Vector512.GreaterThan(left.Value, right.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightFloats Select(EightFloats condition, EightFloats yes, EightFloats no) =>
        new(Vector512.ConditionalSelect(condition.Value, yes.Value, no.Value));
}
