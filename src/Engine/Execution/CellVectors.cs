using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FeatureService.Engine.Execution;

/// <summary>Eight counts of cells as wider numbers.</summary>
internal static unsafe class CellVectors
{
    /// <summary>Eight int32 as int64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Longs(int* counts) => Vector512.WidenLower(Vector256.Load(counts).ToVector512Unsafe());

    /// <summary>Eight int32 as float64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Doubles(int* counts) => Vector512.ConvertToDouble(Longs(counts));
}
