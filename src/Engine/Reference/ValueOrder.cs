using System.Text;

namespace FeatureService.Engine.Reference;

/// <summary>
/// The order of values of one type: NaN equals itself and is above every number, false is below true, text goes by its bytes.
/// </summary>
internal sealed class ValueOrder : IComparer<object?>, IEqualityComparer<object>
{
    public static ValueOrder Instance { get; } = new();

    public int Compare(object? x, object? y) => (x, y) switch
    {
        (bool left, bool right) => left.CompareTo(right),
        (long left, long right) => left.CompareTo(right),
        (int left, int right) => left.CompareTo(right),
        (double left, double right) => Compare(left, right),
        (string left, string right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right)),
        _ => throw new NotSupportedException($"comparing {x?.GetType().Name ?? "null"} with {y?.GetType().Name ?? "null"}"),
    };

    public new bool Equals(object? x, object? y) => Compare(x, y) == 0;

    public int GetHashCode(object value) => Normal.Of(value)!.GetHashCode();

    private static int Compare(double left, double right)
    {
        if (double.IsNaN(left) || double.IsNaN(right))
        {
            return double.IsNaN(left).CompareTo(double.IsNaN(right));
        }

        return left < right ? -1 : left > right ? 1 : 0;
    }
}
