using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FeatureService.Engine.Execution;

/// <summary>From lanes to values of an output type, sixteen at a time; what is null becomes zero.</summary>
internal unsafe interface IOutputConverter<T>
    where T : unmanaged
{
    /// <summary>Converts sixteen lanes.</summary>
    /// <param name="data">The lanes' values.</param>
    /// <param name="low">The first of them, a multiple of sixteen; 0 of a constant.</param>
    /// <param name="high">The ninth; 0 of a constant.</param>
    /// <param name="valid">One bit a lane that is valid.</param>
    /// <param name="target">Where they go.</param>
    static abstract void Convert(void* data, nint low, nint high, uint valid, T* target);
}

/// <summary>Bits as masks of lanes.</summary>
internal static class LaneMasks
{
    /// <summary>All ones in each of sixteen lanes whose bit is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Of16(uint bits)
    {
        var lanes = Vector512.Create(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
        return Vector512.Equals(Vector512.Create((int)bits) & lanes, lanes);
    }

    /// <summary>All ones in each of eight lanes whose bit is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Of8(uint bits)
    {
        var lanes = Vector512.Create(1L, 2, 4, 8, 16, 32, 64, 128);
        return Vector512.Equals(Vector512.Create((long)(bits & 255)) & lanes, lanes);
    }
}

/// <summary>One form of zero and of NaN (EVALUATION.md rule 1).</summary>
internal static class NormalForms
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Of(Vector512<double> values) => Vector512.ConditionalSelect(
        Vector512.Equals(values, values), values + Vector512<double>.Zero, Vector512.Create(0x7FF8_0000_0000_0000).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Of(Vector512<float> values) => Vector512.ConditionalSelect(
        Vector512.Equals(values, values), values + Vector512<float>.Zero, Vector512.Create(0x7FC0_0000).AsSingle());
}

internal readonly unsafe struct FloatToFloat32 : IOutputConverter<float>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Convert(void* data, nint low, nint high, uint valid, float* target)
    {
        var values = NormalForms.Of(Vector512.Narrow(Vector512.Load((double*)data + low), Vector512.Load((double*)data + high)));
        (values.AsInt32() & LaneMasks.Of16(valid)).AsSingle().Store(target);
    }
}

/// <summary>Straight from int64: by way of float64 a number beyond 2^53 would be rounded twice.</summary>
internal readonly unsafe struct IntegerToFloat32 : IOutputConverter<float>
{
    private const long ExactMax = 1L << 53;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Convert(void* data, nint low, nint high, uint valid, float* target)
    {
        var first = Vector512.Load((long*)data + low) & LaneMasks.Of8(valid);
        var second = Vector512.Load((long*)data + high) & LaneMasks.Of8(valid >> 8);
        // From -2^53 to 2^53 - 1 the float64 is exact.
        var outside = ((first + Vector512.Create(ExactMax)) | (second + Vector512.Create(ExactMax))) & Vector512.Create(-2 * ExactMax);
        if (outside == Vector512<long>.Zero)
        {
            Vector512.Narrow(Vector512.ConvertToDouble(first), Vector512.ConvertToDouble(second)).Store(target);
            return;
        }

        OneByOne((long*)data, low, high, valid, target);
    }

    private static void OneByOne(long* data, nint low, nint high, uint valid, float* target)
    {
        for (var i = 0; i < 16; i++)
        {
            target[i] = (valid >> i & 1) != 0 ? data[i < 8 ? low + i : high + i - 8] : 0f;
        }
    }
}

/// <summary>Of int64 that came as int32.</summary>
internal readonly unsafe struct CountToFloat32 : IOutputConverter<float>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Convert(void* data, nint low, nint high, uint valid, float* target)
    {
        var values = Vector512.ConvertToSingle(Vector512.Load((int*)data + low));
        (values.AsInt32() & LaneMasks.Of16(valid)).AsSingle().Store(target);
    }
}

internal readonly unsafe struct BoolToFloat32 : IOutputConverter<float>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Convert(void* data, nint low, nint high, uint valid, float* target)
    {
        var bits = (uint)(((ulong*)data)[low >> 6] >> (int)(low & 63)) & valid;
        (Vector512.Create(1f).AsInt32() & LaneMasks.Of16(bits)).AsSingle().Store(target);
    }
}

internal readonly unsafe struct FloatToFloat64 : IOutputConverter<double>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Convert(void* data, nint low, nint high, uint valid, double* target)
    {
        (NormalForms.Of(Vector512.Load((double*)data + low)).AsInt64() & LaneMasks.Of8(valid)).AsDouble().Store(target);
        (NormalForms.Of(Vector512.Load((double*)data + high)).AsInt64() & LaneMasks.Of8(valid >> 8)).AsDouble().Store(target + 8);
    }
}

internal readonly unsafe struct IntegerToInt64 : IOutputConverter<long>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Convert(void* data, nint low, nint high, uint valid, long* target)
    {
        (Vector512.Load((long*)data + low) & LaneMasks.Of8(valid)).Store(target);
        (Vector512.Load((long*)data + high) & LaneMasks.Of8(valid >> 8)).Store(target + 8);
    }
}

/// <summary>Dates, and codes of texts.</summary>
internal readonly unsafe struct IntegerToInt32 : IOutputConverter<int>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Convert(void* data, nint low, nint high, uint valid, int* target) =>
        (Vector512.Narrow(Vector512.Load((long*)data + low), Vector512.Load((long*)data + high)) & LaneMasks.Of16(valid)).Store(target);
}

internal readonly unsafe struct BoolToByte : IOutputConverter<byte>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Convert(void* data, nint low, nint high, uint valid, byte* target)
    {
        var bits = (uint)(((ulong*)data)[low >> 6] >> (int)(low & 63)) & valid;
        for (var i = 0; i < 16; i++)
        {
            target[i] = (byte)(bits >> i & 1);
        }
    }
}
