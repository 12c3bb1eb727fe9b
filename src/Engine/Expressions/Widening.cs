using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FeatureService.Engine.Expressions;

/// <summary>Eight int32 as wider numbers.</summary>
internal static unsafe class Widening
{
    /// <summary>Eight int64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Longs(int* values) => Vector512.WidenLower(Vector256.Load(values).ToVector512Unsafe());

    /// <summary>Eight float64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Doubles(int* values) => Vector512.ConvertToDouble(Longs(values));
}
