using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FeatureService.Core.Calendar;

namespace FeatureService.Engine.Kernels;

/// <summary>A value and its time in days since 1970.</summary>
internal readonly record struct TimedValue(double Days, double Value);

/// <summary>Count, means of time and value, sum of squared deviations of time, sum of products of both deviations.</summary>
internal readonly record struct Trend(double Count, double MeanTime, double MeanValue, double Squares, double Products);

/// <summary>Eight <see cref="Trend"/>.</summary>
internal readonly record struct TrendVector(
    Vector512<double> Count, Vector512<double> MeanTime, Vector512<double> MeanValue, Vector512<double> Squares, Vector512<double> Products);

/// <summary>Welford's step and Chan's merge of two variables, in the one order of operations of docs/evaluation.md.</summary>
internal readonly unsafe struct SlopeOperator : ITileOperator<Trend, TrendVector, TimedValue>
{
    public static int PlaneCount => 5;

    public static Trend Empty => default;

    public static TimedValue Input(in TileInputs inputs, nint index) =>
        new(inputs.Time(index) / (double)Instants.MicrosPerDay, inputs.Float(index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Trend Step(Trend state, TimedValue input)
    {
        var n = state.Count + 1;
        var dx = input.Days - state.MeanTime;
        var dy = input.Value - state.MeanValue;
        var mx = state.MeanTime + (dx / n);
        var my = state.MeanValue + (dy / n);
        return new Trend(
            n, mx, my, state.Squares + (dx * (input.Days - mx)), state.Products + (dx * (input.Value - my)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Trend Merge(Trend older, Trend newer)
    {
        if (older.Count == 0 || newer.Count == 0)
        {
            return older.Count == 0 ? newer : older;
        }

        var n = older.Count + newer.Count;
        var dx = newer.MeanTime - older.MeanTime;
        var dy = newer.MeanValue - older.MeanValue;
        var s = newer.Count / n;
        var w = older.Count * s;
        return new Trend(
            n,
            older.MeanTime + (dx * s),
            older.MeanValue + (dy * s),
            (older.Squares + newer.Squares) + ((dx * dx) * w),
            (older.Products + newer.Products) + ((dx * dy) * w));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TrendVector Merge(TrendVector older, TrendVector newer)
    {
        var n = older.Count + newer.Count;
        var dx = newer.MeanTime - older.MeanTime;
        var dy = newer.MeanValue - older.MeanValue;
        // 0 / 0 of two empty states is not picked below.
        var s = newer.Count / n;
        var w = older.Count * s;
        var pick = new Pick(older.Count, newer.Count);
        return new TrendVector(
            n,
            pick.Of(older.MeanTime, newer.MeanTime, older.MeanTime + (dx * s)),
            pick.Of(older.MeanValue, newer.MeanValue, older.MeanValue + (dy * s)),
            pick.Of(older.Squares, newer.Squares, (older.Squares + newer.Squares) + ((dx * dx) * w)),
            pick.Of(older.Products, newer.Products, (older.Products + newer.Products) + ((dx * dy) * w)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Trend Load(in Planes planes, nint index) => new(
        ((double*)planes.First)[index],
        ((double*)planes.Second)[index],
        ((double*)planes.Third)[index],
        ((double*)planes.Fourth)[index],
        ((double*)planes.Fifth)[index]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(in Planes planes, nint index, Trend state)
    {
        ((double*)planes.First)[index] = state.Count;
        ((double*)planes.Second)[index] = state.MeanTime;
        ((double*)planes.Third)[index] = state.MeanValue;
        ((double*)planes.Fourth)[index] = state.Squares;
        ((double*)planes.Fifth)[index] = state.Products;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TrendVector LoadVector(in Planes planes, nint index) => new(
        Vector512.Load((double*)planes.First + index),
        Vector512.Load((double*)planes.Second + index),
        Vector512.Load((double*)planes.Third + index),
        Vector512.Load((double*)planes.Fourth + index),
        Vector512.Load((double*)planes.Fifth + index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreVector(in Planes planes, nint index, TrendVector states)
    {
        states.Count.Store((double*)planes.First + index);
        states.MeanTime.Store((double*)planes.Second + index);
        states.MeanValue.Store((double*)planes.Third + index);
        states.Squares.Store((double*)planes.Fourth + index);
        states.Products.Store((double*)planes.Fifth + index);
    }
}
