namespace FeatureService.Core.Calendar;

/// <summary>Weeks of a grid: from a first one on, every <paramref name="Step"/>-th.</summary>
/// <param name="First">Number of the first week.</param>
/// <param name="Count">How many weeks, from 1.</param>
/// <param name="Step">Weeks from one to the next, from 1.</param>
public readonly record struct WeekRange(int First, int Count, int Step = 1)
{
    /// <summary>Number of the last week.</summary>
    public int Last => First + ((Count - 1) * Step);

    /// <summary>The range from a first to a last week, both included where the step meets them.</summary>
    /// <param name="first">Number of the first week.</param>
    /// <param name="last">Number of a week not before the first.</param>
    /// <param name="step">Weeks from one to the next.</param>
    public static WeekRange Between(int first, int last, int step = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(last, first);
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        return new WeekRange(first, ((last - first) / step) + 1, step);
    }

    /// <summary>One of the weeks.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    public int this[int index] => First + (index * Step);
}
