using System.Runtime.Intrinsics;

namespace FeatureService.Engine.Expressions;

/// <summary>
/// The values of one expression over a run of rows. Values are int64 (also timestamps, dates, and texts as codes), float64, or one
/// bit each for bools. A lane is valid, null, or in error; those of nulls and errors hold anything.
/// </summary>
internal unsafe struct Lanes
{
    /// <summary>The values; of a constant one vector of them. A null pointer where they are only there as int32 so far.</summary>
    public void* Data;

    /// <summary>The values of an int64 slot as int32; a null pointer of most. A step that makes other values of them leaves it out.</summary>
    public int* Ints;

    /// <summary>What an index is masked with: all ones, or 0 for a constant.</summary>
    public nint Mask;

    /// <summary>One bit a lane that is neither null nor in error; null pointer: all are.</summary>
    public ulong* Valid;

    /// <summary>One bit a lane in error; null pointer: none is.</summary>
    public ulong* Errors;

    /// <summary>Lanes over memory of their own.</summary>
    public static Lanes Of(void* data) => new() { Data = data, Mask = -1 };

    /// <summary>Lanes of int64 that fit 32 bits.</summary>
    public static Lanes OfInts(int* values) => new() { Ints = values, Mask = -1 };

    /// <summary>Eight int64 from an index that is a multiple of eight.</summary>
    public readonly Vector512<long> Longs(nint index) => Vector512.Load((long*)Data + (index & Mask));

    /// <summary>Eight float64 from an index that is a multiple of eight.</summary>
    public readonly Vector512<double> Doubles(nint index) => Vector512.Load((double*)Data + (index & Mask));

    /// <summary>One int64.</summary>
    public readonly long Long(nint index) => ((long*)Data)[index & Mask];

    /// <summary>One float64.</summary>
    public readonly double Double(nint index) => ((double*)Data)[index & Mask];

    /// <summary>64 bools.</summary>
    public readonly ulong Word(nint word) => ((ulong*)Data)[word & Mask];

    /// <summary>64 bits of validity.</summary>
    public readonly ulong ValidWord(nint word) => Valid == null ? ulong.MaxValue : Valid[word];

    /// <summary>64 bits of errors.</summary>
    public readonly ulong ErrorWord(nint word) => Errors == null ? 0 : Errors[word];
}
