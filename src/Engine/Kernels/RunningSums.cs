using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FeatureService.Engine.Kernels;

/// <summary>Running sums of int32, sixteen at a time.</summary>
internal static class RunningSums
{
    private static readonly Vector512<int> Last = Vector512.Create(15);

    /// <summary>Replaces each number by the sum of it and all before it.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="start">What is added to every sum.</param>
    public static void Of(Span<int> values, int start)
    {
        ref var first = ref MemoryMarshal.GetReference(values);
        var i = 0;
        if (values.Length >= Vector512<int>.Count)
        {
            var sum = Vector512.Create(start);
            for (; i <= values.Length - Vector512<int>.Count; i += Vector512<int>.Count)
            {
                var sums = Within(Vector512.LoadUnsafe(ref first, (nuint)i)) + sum;
                sums.StoreUnsafe(ref first, (nuint)i);
                sum = Vector512.Shuffle(sums, Last);
            }

            start = sum[0];
        }

        for (; i < values.Length; i++)
        {
            start += values[i];
            values[i] = start;
        }
    }

    /// <summary>Sums of neighbours, of fours, eights, sixteens: an index of 16 or more picks zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Within(Vector512<int> v)
    {
        v += Vector512.Shuffle(v, Vector512.Create(16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14));
        v += Vector512.Shuffle(v, Vector512.Create(16, 16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13));
        v += Vector512.Shuffle(v, Vector512.Create(16, 16, 16, 16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
        return v + Vector512.Shuffle(v, Vector512.Create(16, 16, 16, 16, 16, 16, 16, 16, 0, 1, 2, 3, 4, 5, 6, 7));
    }
}
