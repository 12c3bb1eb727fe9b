using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FeatureService.Engine.Kernels;

/// <summary>Count, mean, and sums of the second, third and fourth powers of deviations from it.</summary>
internal readonly record struct HigherMoments(double Count, double Mean, double Second, double Third, double Fourth);

/// <summary>Eight <see cref="HigherMoments"/>.</summary>
internal readonly record struct HigherMomentsVector(
    Vector512<double> Count, Vector512<double> Mean, Vector512<double> Second, Vector512<double> Third, Vector512<double> Fourth);

/// <summary>
/// Pébay's step and merge in the one order of operations of docs/evaluation.md; the first three parts are those of
/// <see cref="MomentsOperator"/>.
/// </summary>
internal readonly unsafe struct HigherMomentsOperator : ITileOperator<HigherMoments, HigherMomentsVector, double>
{
    public static int PlaneCount => 5;

    public static HigherMoments Empty => default;

    public static double Input(in TileInputs inputs, nint index) => inputs.Float(index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HigherMoments Step(HigherMoments state, double input)
    {
        var n = state.Count + 1;
        var d = input - state.Mean;
        var q = d / n;
        var m = state.Mean + q;
        var t = d * (input - m);
        // By as much the deviations of the values before move.
        var e = -q;
        var s = q * q;
        return new HigherMoments(
            n,
            m,
            state.Second + t,
            (state.Third + ((3 * e) * state.Second)) + ((t * q) * (n - 2)),
            ((state.Fourth + ((4 * e) * state.Third)) + ((6 * s) * state.Second)) + ((t * s) * (((n * n) - (3 * n)) + 3)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HigherMoments Merge(HigherMoments older, HigherMoments newer)
    {
        if (older.Count == 0 || newer.Count == 0)
        {
            return older.Count == 0 ? newer : older;
        }

        var n = older.Count + newer.Count;
        var d = newer.Mean - older.Mean;
        var (s, r) = (newer.Count / n, older.Count / n);
        var (eA, eB) = (-(d * s), d * r);
        var w = older.Count * s;
        var p = d * d;
        return new HigherMoments(
            n,
            older.Mean + (d * s),
            (older.Second + newer.Second) + (p * w),
            ((older.Third + newer.Third) + (3 * ((eA * older.Second) + (eB * newer.Second)))) + ((p * d) * (w * (r - s))),
            (((older.Fourth + newer.Fourth) + (4 * ((eA * older.Third) + (eB * newer.Third))))
                + (6 * (((eA * eA) * older.Second) + ((eB * eB) * newer.Second))))
            + ((p * p) * (w * (((r * r) - (r * s)) + (s * s)))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HigherMomentsVector Merge(HigherMomentsVector older, HigherMomentsVector newer)
    {
        var n = older.Count + newer.Count;
        var d = newer.Mean - older.Mean;
        // 0 / 0 of two empty states is not picked below.
        var (s, r) = (newer.Count / n, older.Count / n);
        var (eA, eB) = (-(d * s), d * r);
        var w = older.Count * s;
        var p = d * d;
        var second = (older.Second + newer.Second) + (p * w);
        var third = ((older.Third + newer.Third) + (Vector512.Create(3.0) * ((eA * older.Second) + (eB * newer.Second))))
            + ((p * d) * (w * (r - s)));
        var fourth = (((older.Fourth + newer.Fourth) + (Vector512.Create(4.0) * ((eA * older.Third) + (eB * newer.Third))))
                + (Vector512.Create(6.0) * (((eA * eA) * older.Second) + ((eB * eB) * newer.Second))))
            + ((p * p) * (w * (((r * r) - (r * s)) + (s * s))));
        var pick = new Pick(older.Count, newer.Count);
        return new HigherMomentsVector(
            n,
            pick.Of(older.Mean, newer.Mean, older.Mean + (d * s)),
            pick.Of(older.Second, newer.Second, second),
            pick.Of(older.Third, newer.Third, third),
            pick.Of(older.Fourth, newer.Fourth, fourth));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HigherMoments Load(in Planes planes, nint index) => new(
        ((double*)planes.First)[index],
        ((double*)planes.Second)[index],
        ((double*)planes.Third)[index],
        ((double*)planes.Fourth)[index],
        ((double*)planes.Fifth)[index]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(in Planes planes, nint index, HigherMoments state)
    {
        ((double*)planes.First)[index] = state.Count;
        ((double*)planes.Second)[index] = state.Mean;
        ((double*)planes.Third)[index] = state.Second;
        ((double*)planes.Fourth)[index] = state.Third;
        ((double*)planes.Fifth)[index] = state.Fourth;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HigherMomentsVector LoadVector(in Planes planes, nint index) => new(
        Vector512.Load((double*)planes.First + index),
        Vector512.Load((double*)planes.Second + index),
        Vector512.Load((double*)planes.Third + index),
        Vector512.Load((double*)planes.Fourth + index),
        Vector512.Load((double*)planes.Fifth + index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreVector(in Planes planes, nint index, HigherMomentsVector states)
    {
        states.Count.Store((double*)planes.First + index);
        states.Mean.Store((double*)planes.Second + index);
        states.Second.Store((double*)planes.Third + index);
        states.Third.Store((double*)planes.Fourth + index);
        states.Fourth.Store((double*)planes.Fifth + index);
    }
}
