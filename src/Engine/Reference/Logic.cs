using FeatureService.Engine.Definitions;

namespace FeatureService.Engine.Reference;

/// <summary>Three-valued logic and comparisons.</summary>
internal static class Logic
{
    public static object? And(object? left, object? right) =>
        left is false || right is false ? false : left is null || right is null ? null : true;

    public static object? Or(object? left, object? right) =>
        left is true || right is true ? true : left is null || right is null ? null : false;

    /// <summary>Whether a value is among others; null where it is null, or not found and a null is among them.</summary>
    public static object? In(object? value, object?[] list)
    {
        if (value is null)
        {
            return null;
        }

        if (list.Any(item => item is not null && ValueOrder.Instance.Equals(item, value)))
        {
            return true;
        }

        return list.Contains(null) ? null : false;
    }

    public static object Compare(ScalarFunction function, int order) => function switch
    {
        ScalarFunction.Equal => order == 0,
        ScalarFunction.NotEqual => order != 0,
        ScalarFunction.Less => order < 0,
        ScalarFunction.LessOrEqual => order <= 0,
        ScalarFunction.Greater => order > 0,
        _ => order >= 0,
    };
}
