using System.Runtime.Intrinsics;

namespace FeatureService.Engine.Kernels;

/// <summary>Sum of float64 that have aged to the end of their part; the older of two parts ages to the end of the newer (rule 8).</summary>
internal readonly struct DecayOperator : ITileOperator<double, Vector512<double>, double>
{
    public static int PlaneCount => SumOperator.PlaneCount;

    public static double Empty => SumOperator.Empty;

    public static bool Ages => true;

    public static double Input(in TileInputs inputs, nint index) => inputs.Float(index);

    public static double Step(double state, double input) => SumOperator.Step(state, input);

    public static double Merge(double older, double newer) => SumOperator.Merge(older, newer);

    public static Vector512<double> Merge(Vector512<double> older, Vector512<double> newer) => SumOperator.Merge(older, newer);

    public static double Age(double state, double factor) => state * factor;

    public static Vector512<double> Age(Vector512<double> states, Vector512<double> factors) => states * factors;

    public static double Load(in Planes planes, nint index) => SumOperator.Load(planes, index);

    public static void Store(in Planes planes, nint index, double state) => SumOperator.Store(planes, index, state);

    public static Vector512<double> LoadVector(in Planes planes, nint index) => SumOperator.LoadVector(planes, index);

    public static void StoreVector(in Planes planes, nint index, Vector512<double> states) => SumOperator.StoreVector(planes, index, states);
}
