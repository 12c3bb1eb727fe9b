using System.Runtime.Intrinsics;
using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Execution;

/// <summary>From lanes to values of an output type, sixteen at a time; what is null becomes zero.</summary>
internal unsafe interface IOutputConverter<T>
    where T : unmanaged
{
    /// <summary>Converts sixteen lanes.</summary>
    /// <param name="lanes">The lanes.</param>
    /// <param name="index">The first of them, a multiple of sixteen.</param>
    /// <param name="valid">One bit a lane that is valid.</param>
    /// <param name="target">Where they go.</param>
    static abstract void Convert(in Lanes lanes, nint index, uint valid, T* target);
}

/// <summary>Bits as masks of lanes.</summary>
internal static class LaneMasks
{
    /// <summary>All ones in each of sixteen lanes whose bit is set.</summary>
    public static Vector512<int> Of16(uint bits)
    {
        var lanes = Vector512.Create(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
        return Vector512.Equals(Vector512.Create((int)bits) & lanes, lanes);
    }

    /// <summary>All ones in each of eight lanes whose bit is set.</summary>
    public static Vector512<long> Of8(uint bits)
    {
        var lanes = Vector512.Create(1L, 2, 4, 8, 16, 32, 64, 128);
        return Vector512.Equals(Vector512.Create((long)(bits & 255)) & lanes, lanes);
    }
}

/// <summary>One form of zero and of NaN (EVALUATION.md rule 1).</summary>
internal static class NormalForms
{
    public static Vector512<double> Of(Vector512<double> values) => Vector512.ConditionalSelect(
        Vector512.Equals(values, values), values + Vector512<double>.Zero, Vector512.Create(0x7FF8_0000_0000_0000).AsDouble());

    public static Vector512<float> Of(Vector512<float> values) => Vector512.ConditionalSelect(
        Vector512.Equals(values, values), values + Vector512<float>.Zero, Vector512.Create(0x7FC0_0000).AsSingle());
}

internal readonly unsafe struct FloatToFloat32 : IOutputConverter<float>
{
    public static void Convert(in Lanes lanes, nint index, uint valid, float* target)
    {
        var values = NormalForms.Of(Vector512.Narrow(lanes.Doubles(index), lanes.Doubles(index + 8)));
        (values.AsInt32() & LaneMasks.Of16(valid)).AsSingle().Store(target);
    }
}

/// <summary>Straight from int64: by way of float64 a number beyond 2^53 would be rounded twice.</summary>
internal readonly unsafe struct IntegerToFloat32 : IOutputConverter<float>
{
    private const long ExactMax = 1L << 53;

    public static void Convert(in Lanes lanes, nint index, uint valid, float* target)
    {
        var (low, high) = (lanes.Longs(index), lanes.Longs(index + 8));
        if (IsExact(low) && IsExact(high))
        {
            var values = Vector512.Narrow(Vector512.ConvertToDouble(low), Vector512.ConvertToDouble(high));
            (values.AsInt32() & LaneMasks.Of16(valid)).AsSingle().Store(target);
            return;
        }

        for (nint i = 0; i < 16; i++)
        {
            target[i] = (valid >> (int)i & 1) != 0 ? lanes.Long(index + i) : 0f;
        }
    }

    private static bool IsExact(Vector512<long> values) =>
        Vector512.LessThanOrEqualAll(values, Vector512.Create(ExactMax)) && Vector512.GreaterThanOrEqualAll(values, Vector512.Create(-ExactMax));
}

internal readonly unsafe struct BoolToFloat32 : IOutputConverter<float>
{
    public static void Convert(in Lanes lanes, nint index, uint valid, float* target)
    {
        var bits = (uint)(lanes.Word(index >> 6) >> (int)(index & 63)) & valid;
        (Vector512.Create(1f).AsInt32() & LaneMasks.Of16(bits)).AsSingle().Store(target);
    }
}

internal readonly unsafe struct FloatToFloat64 : IOutputConverter<double>
{
    public static void Convert(in Lanes lanes, nint index, uint valid, double* target)
    {
        (NormalForms.Of(lanes.Doubles(index)).AsInt64() & LaneMasks.Of8(valid)).AsDouble().Store(target);
        (NormalForms.Of(lanes.Doubles(index + 8)).AsInt64() & LaneMasks.Of8(valid >> 8)).AsDouble().Store(target + 8);
    }
}

internal readonly unsafe struct IntegerToInt64 : IOutputConverter<long>
{
    public static void Convert(in Lanes lanes, nint index, uint valid, long* target)
    {
        (lanes.Longs(index) & LaneMasks.Of8(valid)).Store(target);
        (lanes.Longs(index + 8) & LaneMasks.Of8(valid >> 8)).Store(target + 8);
    }
}

/// <summary>Dates, and codes of texts.</summary>
internal readonly unsafe struct IntegerToInt32 : IOutputConverter<int>
{
    public static void Convert(in Lanes lanes, nint index, uint valid, int* target) =>
        (Vector512.Narrow(lanes.Longs(index), lanes.Longs(index + 8)) & LaneMasks.Of16(valid)).Store(target);
}

internal readonly unsafe struct BoolToByte : IOutputConverter<byte>
{
    public static void Convert(in Lanes lanes, nint index, uint valid, byte* target)
    {
        var bits = (uint)(lanes.Word(index >> 6) >> (int)(index & 63)) & valid;
        for (var i = 0; i < 16; i++)
        {
            target[i] = (byte)(bits >> i & 1);
        }
    }
}
