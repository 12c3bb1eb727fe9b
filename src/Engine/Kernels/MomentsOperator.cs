using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FeatureService.Engine.Kernels;

/// <summary>Count, mean and sum of squared deviations.</summary>
internal readonly record struct Moments(double Count, double Mean, double SquaredDeviations);

/// <summary>Eight <see cref="Moments"/>.</summary>
internal readonly record struct MomentsVector(Vector512<double> Count, Vector512<double> Mean, Vector512<double> SquaredDeviations);

/// <summary>Welford's step and Chan's merge, in the one order of operations that EVALUATION.md rule 6 writes.</summary>
internal readonly unsafe struct MomentsOperator : ITileOperator<Moments, MomentsVector, double>
{
    public static int PlaneCount => 3;

    public static Moments Empty => default;

    public static double Input(in TileInputs inputs, nint index) => inputs.Float(index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Moments Step(Moments state, double input)
    {
        var n = state.Count + 1;
        var d = input - state.Mean;
        var m = state.Mean + (d / n);
        return new Moments(n, m, state.SquaredDeviations + (d * (input - m)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Moments Merge(Moments older, Moments newer)
    {
        if (older.Count == 0 || newer.Count == 0)
        {
            return older.Count == 0 ? newer : older;
        }

        var n = older.Count + newer.Count;
        var d = newer.Mean - older.Mean;
        var share = newer.Count / n;
        return new Moments(
            n,
            older.Mean + (d * share),
            (older.SquaredDeviations + newer.SquaredDeviations) + ((d * d) * (older.Count * share)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MomentsVector Merge(MomentsVector older, MomentsVector newer)
    {
        var n = older.Count + newer.Count;
        var d = newer.Mean - older.Mean;
        // 0 / 0 of two empty states is not picked below.
        var share = newer.Count / n;
        var m = older.Mean + (d * share);
        var m2 = (older.SquaredDeviations + newer.SquaredDeviations) + ((d * d) * (older.Count * share));
        var pick = new Pick(older.Count, newer.Count);
        return new MomentsVector(
            n, pick.Of(older.Mean, newer.Mean, m), pick.Of(older.SquaredDeviations, newer.SquaredDeviations, m2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Moments Load(in Planes planes, nint index) =>
        new(((double*)planes.First)[index], ((double*)planes.Second)[index], ((double*)planes.Third)[index]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(in Planes planes, nint index, Moments state)
    {
        ((double*)planes.First)[index] = state.Count;
        ((double*)planes.Second)[index] = state.Mean;
        ((double*)planes.Third)[index] = state.SquaredDeviations;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MomentsVector LoadVector(in Planes planes, nint index) => new(
        Vector512.Load((double*)planes.First + index),
        Vector512.Load((double*)planes.Second + index),
        Vector512.Load((double*)planes.Third + index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreVector(in Planes planes, nint index, MomentsVector states)
    {
        states.Count.Store((double*)planes.First + index);
        states.Mean.Store((double*)planes.Second + index);
        states.SquaredDeviations.Store((double*)planes.Third + index);
    }
}
