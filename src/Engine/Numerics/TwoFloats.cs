using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FeatureService.Engine.Numerics;

/// <summary>A vector of two.</summary>
internal readonly struct TwoFloats(Vector128<double> value) : IFloats<TwoFloats>
{
    /// <summary>The vector.</summary>
    public Vector128<double> Value { get; } = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwoFloats operator +(TwoFloats left, TwoFloats right) => new(left.Value + right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwoFloats operator -(TwoFloats left, TwoFloats right) => new(left.Value - right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwoFloats operator *(TwoFloats left, TwoFloats right) => new(left.Value * right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwoFloats operator /(TwoFloats left, TwoFloats right) => new(left.Value / right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwoFloats operator &(TwoFloats left, TwoFloats right) => new(left.Value & right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwoFloats operator |(TwoFloats left, TwoFloats right) => new(left.Value | right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwoFloats operator <<(TwoFloats value, int count) => new((value.Value.AsInt64() << count).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwoFloats operator >>>(TwoFloats value, int count) => new((value.Value.AsInt64() >>> count).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwoFloats All(double value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwoFloats Bits(long bits) => new(Vector128.Create(bits).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwoFloats AddBits(TwoFloats left, TwoFloats right) =>
        new((left.Value.AsInt64() + right.Value.AsInt64()).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwoFloats SubtractBits(TwoFloats left, TwoFloats right) =>
        new((left.Value.AsInt64() - right.Value.AsInt64()).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwoFloats Equal(TwoFloats left, TwoFloats right) => new(Vector128.Equals(left.Value, right.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwoFloats Greater(TwoFloats left, TwoFloats right) => new(Vector128.GreaterThan(left.Value, right.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwoFloats Select(TwoFloats condition, TwoFloats yes, TwoFloats no) =>
        new(Vector128.ConditionalSelect(condition.Value, yes.Value, no.Value));
}
