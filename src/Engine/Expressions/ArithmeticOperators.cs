using System.Runtime.Intrinsics;

namespace FeatureService.Engine.Expressions;

/// <summary>An operator on two vectors that always has a value.</summary>
internal interface IBinaryOperator<T>
    where T : unmanaged
{
    static abstract Vector512<T> Apply(Vector512<T> left, Vector512<T> right);
}

/// <summary>An int64 operator that may overflow.</summary>
internal interface IOverflowingOperator
{
    /// <summary>The value modulo 2^64.</summary>
    static abstract Vector512<long> Apply(Vector512<long> left, Vector512<long> right);

    /// <summary>Negative where the value overflowed.</summary>
    static abstract Vector512<long> Overflow(Vector512<long> left, Vector512<long> right, Vector512<long> value);
}

/// <summary>A scalar operator that may have no value: a remainder.</summary>
internal interface IPartialOperator<T>
    where T : unmanaged
{
    static abstract bool Try(T left, T right, out T value);
}

internal readonly struct AddFloat : IBinaryOperator<double>
{
    public static Vector512<double> Apply(Vector512<double> left, Vector512<double> right) => left + right;
}

internal readonly struct SubtractFloat : IBinaryOperator<double>
{
    public static Vector512<double> Apply(Vector512<double> left, Vector512<double> right) => left - right;
}

internal readonly struct MultiplyFloat : IBinaryOperator<double>
{
    public static Vector512<double> Apply(Vector512<double> left, Vector512<double> right) => left * right;
}

internal readonly struct AddInteger : IOverflowingOperator
{
    public static Vector512<long> Apply(Vector512<long> left, Vector512<long> right) => left + right;

    public static Vector512<long> Overflow(Vector512<long> left, Vector512<long> right, Vector512<long> value) =>
        (left ^ value) & (right ^ value);
}

internal readonly struct SubtractInteger : IOverflowingOperator
{
    public static Vector512<long> Apply(Vector512<long> left, Vector512<long> right) => left - right;

    public static Vector512<long> Overflow(Vector512<long> left, Vector512<long> right, Vector512<long> value) =>
        (left ^ right) & (left ^ value);
}

internal readonly struct MultiplyInteger : IOverflowingOperator
{
    public static Vector512<long> Apply(Vector512<long> left, Vector512<long> right) => left * right;

    public static Vector512<long> Overflow(Vector512<long> left, Vector512<long> right, Vector512<long> value)
    {
        var limit = Vector512.Create((long)int.MaxValue);
        if (Vector512.LessThanOrEqualAll(Vector512.Abs(left), limit) && Vector512.LessThanOrEqualAll(Vector512.Abs(right), limit)
            && Vector512.GreaterThanOrEqualAll(left, -limit) && Vector512.GreaterThanOrEqualAll(right, -limit))
        {
            return Vector512<long>.Zero;
        }

        var result = Vector512<long>.Zero;
        for (var i = 0; i < Vector512<long>.Count; i++)
        {
            var high = Math.BigMul(left[i], right[i], out long low);
            result = result.WithElement(i, high == low >> 63 ? 0 : -1);
        }

        return result;
    }
}

/// <summary>Of one operand, given twice.</summary>
internal readonly struct NegateInteger : IOverflowingOperator
{
    public static Vector512<long> Apply(Vector512<long> left, Vector512<long> right) => -left;

    // Only the least int64 and zero are their own opposites; only the least one is negative.
    public static Vector512<long> Overflow(Vector512<long> left, Vector512<long> right, Vector512<long> value) => left & value;
}

/// <summary>Of one operand, given twice.</summary>
internal readonly struct AbsInteger : IOverflowingOperator
{
    public static Vector512<long> Apply(Vector512<long> left, Vector512<long> right) => Vector512.Abs(left);

    public static Vector512<long> Overflow(Vector512<long> left, Vector512<long> right, Vector512<long> value) => value;
}

internal readonly struct ModuloFloat : IPartialOperator<double>
{
    public static bool Try(double left, double right, out double value)
    {
        value = left % right;
        return right != 0;
    }
}

internal readonly struct ModuloInteger : IPartialOperator<long>
{
    public static bool Try(long left, long right, out long value)
    {
        // The least int64 % -1 traps on x64.
        value = right is 0 or -1 ? 0 : left % right;
        return right != 0;
    }
}
