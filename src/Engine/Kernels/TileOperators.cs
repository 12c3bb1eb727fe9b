using System.Runtime.Intrinsics;

namespace FeatureService.Engine.Kernels;

/// <summary>Where the parts of a kind of state lie: one array for each part, by slot or by cell.</summary>
internal unsafe struct Planes
{
    /// <summary>The first part.</summary>
    public void* First;

    /// <summary>The second part, of states that have one.</summary>
    public void* Second;

    /// <summary>The third part, of states that have one.</summary>
    public void* Third;

    /// <summary>The fourth part, of states that have one.</summary>
    public void* Fourth;

    /// <summary>The fifth part, of states that have one.</summary>
    public void* Fifth;
}

/// <summary>What enters tiles, by event.</summary>
/// <param name="values">The value of each event, of eight bytes.</param>
/// <param name="times">Microseconds UTC of each event.</param>
internal readonly unsafe struct TileInputs(void* values, long* times)
{
    /// <summary>An event's value, an int64 or a key.</summary>
    public long Integer(nint index) => ((long*)values)[index];

    /// <summary>An event's value, a float64.</summary>
    public double Float(nint index) => ((double*)values)[index];

    /// <summary>Microseconds UTC of an event.</summary>
    public long Time(nint index) => times[index];
}

/// <summary>A kind of state: how an event enters it and how an older one combines with a newer one, for one cell and for eight.</summary>
/// <typeparam name="TState">The state of a tile, block or window.</typeparam>
/// <typeparam name="TVector">Eight states.</typeparam>
/// <typeparam name="TInput">What enters of an event.</typeparam>
internal unsafe interface ITileOperator<TState, TVector, TInput>
    where TState : unmanaged
    where TVector : struct
    where TInput : unmanaged
{
    /// <summary>Number of arrays that a state takes, of eight bytes a state.</summary>
    static abstract int PlaneCount { get; }

    /// <summary>The state of no events.</summary>
    static abstract TState Empty { get; }

    /// <summary>Whether a state loses weight with time: then it is aged to the end of the newer one before both merge.</summary>
    static virtual bool Ages => false;

    static abstract TInput Input(in TileInputs inputs, nint index);

    static abstract TState Step(TState state, TInput input);

    static abstract TState Merge(TState older, TState newer);

    static abstract TVector Merge(TVector older, TVector newer);

    static virtual TState Age(TState state, double factor) => state;

    static virtual TVector Age(TVector states, Vector512<double> factors) => states;

    static abstract TState Load(in Planes planes, nint index);

    static abstract void Store(in Planes planes, nint index, TState state);

    static abstract TVector LoadVector(in Planes planes, nint index);

    static abstract void StoreVector(in Planes planes, nint index, TVector states);
}

/// <summary>Sum of float64 in event order.</summary>
internal readonly unsafe struct SumOperator : ITileOperator<double, Vector512<double>, double>
{
    public static int PlaneCount => 1;

    public static double Empty => 0.0;

    public static double Input(in TileInputs inputs, nint index) => inputs.Float(index);

    public static double Step(double state, double input) => state + input;

    public static double Merge(double older, double newer) => older + newer;

    public static Vector512<double> Merge(Vector512<double> older, Vector512<double> newer) => older + newer;

    public static double Load(in Planes planes, nint index) => ((double*)planes.First)[index];

    public static void Store(in Planes planes, nint index, double state) => ((double*)planes.First)[index] = state;

    public static Vector512<double> LoadVector(in Planes planes, nint index) => Vector512.Load((double*)planes.First + index);

    public static void StoreVector(in Planes planes, nint index, Vector512<double> states) => states.Store((double*)planes.First + index);
}

/// <summary>Least of int64, or of any type by a key that orders as its values do.</summary>
internal readonly unsafe struct MinOperator : ITileOperator<long, Vector512<long>, long>
{
    public static int PlaneCount => 1;

    public static long Empty => long.MaxValue;

    public static long Input(in TileInputs inputs, nint index) => inputs.Integer(index);

    public static long Step(long state, long input) => Math.Min(state, input);

    public static long Merge(long older, long newer) => Math.Min(older, newer);

    public static Vector512<long> Merge(Vector512<long> older, Vector512<long> newer) => Vector512.Min(older, newer);

    public static long Load(in Planes planes, nint index) => ((long*)planes.First)[index];

    public static void Store(in Planes planes, nint index, long state) => ((long*)planes.First)[index] = state;

    public static Vector512<long> LoadVector(in Planes planes, nint index) => Vector512.Load((long*)planes.First + index);

    public static void StoreVector(in Planes planes, nint index, Vector512<long> states) => states.Store((long*)planes.First + index);
}

/// <summary>Greatest of int64, or of any type by a key that orders as its values do.</summary>
internal readonly unsafe struct MaxOperator : ITileOperator<long, Vector512<long>, long>
{
    public static int PlaneCount => 1;

    public static long Empty => long.MinValue;

    public static long Input(in TileInputs inputs, nint index) => inputs.Integer(index);

    public static long Step(long state, long input) => Math.Max(state, input);

    public static long Merge(long older, long newer) => Math.Max(older, newer);

    public static Vector512<long> Merge(Vector512<long> older, Vector512<long> newer) => Vector512.Max(older, newer);

    public static long Load(in Planes planes, nint index) => ((long*)planes.First)[index];

    public static void Store(in Planes planes, nint index, long state) => ((long*)planes.First)[index] = state;

    public static Vector512<long> LoadVector(in Planes planes, nint index) => Vector512.Load((long*)planes.First + index);

    public static void StoreVector(in Planes planes, nint index, Vector512<long> states) => states.Store((long*)planes.First + index);
}
