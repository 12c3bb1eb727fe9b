using System.Numerics;

namespace FeatureService.Core.Columns.Encodings;

/// <summary>The range of values by vectors, and whether all are whole numbers.</summary>
/// <typeparam name="TForm">How values are whole numbers.</typeparam>
/// <typeparam name="T">The integer of the values' width.</typeparam>
internal struct RangeScan<TForm, T>
    where TForm : IWholeNumbers<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    private Vector<T> _differ = Vector<T>.Zero;
    private Vector<T> _mins = new(T.MaxValue);
    private Vector<T> _maxs = new(T.MinValue);

    /// <summary>A scan that has seen nothing.</summary>
    public RangeScan()
    {
    }

    /// <summary>Whether all values so far have the bits of a whole number.</summary>
    public readonly bool AllWhole => _differ == Vector<T>.Zero;

    /// <summary>Adds a vector of values.</summary>
    public void Add(Vector<T> bits)
    {
        var whole = TForm.ToWhole(bits);
        _differ |= TForm.ToBits(whole) ^ bits;
        _mins = Vector.Min(_mins, whole);
        _maxs = Vector.Max(_maxs, whole);
    }

    /// <summary>The least and the greatest.</summary>
    public readonly (long Min, long Max) Range()
    {
        var (min, max) = (long.MaxValue, long.MinValue);
        for (var lane = 0; lane < Vector<T>.Count; lane++)
        {
            min = Math.Min(min, long.CreateTruncating(_mins[lane]));
            max = Math.Max(max, long.CreateTruncating(_maxs[lane]));
        }

        return (min, max);
    }
}
