using System.Runtime.Intrinsics;
using FeatureService.Engine.Expressions;
using FeatureService.Engine.Kernels;

namespace FeatureService.Engine.Execution;

/// <summary>A value of the moments of eight windows, in the one order of operations of docs/evaluation.md.</summary>
internal interface IMomentValue
{
    /// <summary>How many events a window needs for a value.</summary>
    static abstract double CountMin { get; }

    /// <summary>The values; anything of windows with fewer events or without variance.</summary>
    static abstract Vector512<double> Of(HigherMomentsVector moments);
}

/// <summary>The bias-corrected skewness of a sample, G1.</summary>
internal readonly struct Skewness : IMomentValue
{
    public static double CountMin => 3;

    public static Vector512<double> Of(HigherMomentsVector moments)
    {
        var n = moments.Count;
        var variance = moments.Second / n;
        var g = ((moments.Third / n) / variance) / Vector512.Sqrt(variance);
        return (Vector512.Sqrt(n * (n - Vector512<double>.One)) / (n - Vector512.Create(2.0))) * g;
    }
}

/// <summary>The bias-corrected excess kurtosis of a sample, G2.</summary>
internal readonly struct Kurtosis : IMomentValue
{
    public static double CountMin => 4;

    public static Vector512<double> Of(HigherMomentsVector moments)
    {
        var (n, one, three) = (moments.Count, Vector512<double>.One, Vector512.Create(3.0));
        var variance = moments.Second / n;
        var g = ((moments.Fourth / n) / variance) / variance;
        return ((n - one) * (((n + one) * g) - (three * (n - one)))) / ((n - Vector512.Create(2.0)) * (n - three));
    }
}

/// <summary>From moments of windows to the values of an aggregate, by cell.</summary>
internal static unsafe class MomentValues
{
    /// <summary>A value of the moments; null of too few events, and without variance.</summary>
    public static Lanes Of<TValue>(in Planes moments, int cells, Arena arena)
        where TValue : IMomentValue
    {
        var target = arena.Take<double>(cells);
        var valid = (byte*)arena.Take<ulong>(BitWords.Count(cells));
        for (nint i = 0; i < cells; i += 8)
        {
            var states = HigherMomentsOperator.LoadVector(moments, i);
            var enough = Vector512.GreaterThanOrEqual(states.Count, Vector512.Create(TValue.CountMin));
            var constant = Vector512.Equals(states.Second / states.Count, Vector512<double>.Zero);
            valid[i >> 3] = (byte)(enough & ~constant).ExtractMostSignificantBits();
            TValue.Of(states).Store(target + i);
        }

        return Lanes.Of(target) with { Valid = (ulong*)valid };
    }

    /// <summary>Slope of the least-squares line, per day; null where times do not differ.</summary>
    public static Lanes Slope(in Planes trends, int cells, Arena arena)
    {
        var target = arena.Take<double>(cells);
        var valid = (byte*)arena.Take<ulong>(BitWords.Count(cells));
        for (nint i = 0; i < cells; i += 8)
        {
            var states = SlopeOperator.LoadVector(trends, i);
            valid[i >> 3] = (byte)(~Vector512.Equals(states.Squares, Vector512<double>.Zero)).ExtractMostSignificantBits();
            (states.Products / states.Squares).Store(target + i);
        }

        return Lanes.Of(target) with { Valid = (ulong*)valid };
    }
}
