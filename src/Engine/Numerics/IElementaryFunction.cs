using System.Runtime.CompilerServices;

namespace FeatureService.Engine.Numerics;

/// <summary>A function that is written once for floats of any number.</summary>
internal interface IElementaryFunction
{
    /// <summary>The value for each.</summary>
    static abstract T Of<T>(T x)
        where T : struct, IFloats<T>;
}

internal readonly struct ExpFunction : IElementaryFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(T x)
        where T : struct, IFloats<T> => Exponential.Exp(x);
}

internal readonly struct Exp2Function : IElementaryFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(T x)
        where T : struct, IFloats<T> => Exponential.Exp2(x);
}

internal readonly struct LnFunction : IElementaryFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(T x)
        where T : struct, IFloats<T> => Logarithm.Ln(x);
}

internal readonly struct Log1pFunction : IElementaryFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(T x)
        where T : struct, IFloats<T> => Logarithm.Log1p(x);
}

internal readonly struct Log2Function : IElementaryFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(T x)
        where T : struct, IFloats<T> => Logarithm.Log2(x);
}
