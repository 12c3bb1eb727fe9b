using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions.Custom;

namespace FeatureService.Samples.Aggregates;

/// <summary>
/// <c>root_mean_square(rides.fare) over 13w</c>: the square root of the mean of squares. Its states merge, so the engine folds each week once
/// and makes every window of weeks.
/// </summary>
public sealed class RootMeanSquare() : CustomAggregate<RootMeanSquare.Squares>("root_mean_square", version: 1, ColumnType.Float64, ColumnType.Float64)
{
    /// <inheritdoc/>
    public override bool CanMerge => true;

    /// <inheritdoc/>
    public override Squares Add(Squares state, in CustomEvent e) => new(state.Count + 1, state.Sum + (e.Float64 * e.Float64));

    /// <inheritdoc/>
    public override Squares Merge(Squares older, Squares newer) => new(older.Count + newer.Count, older.Sum + newer.Sum);

    /// <inheritdoc/>
    public override CustomValue Finish(Squares state, long windowEnd) =>
        state.Count == 0 ? CustomValue.Null : CustomValue.Of(Math.Sqrt(state.Sum / state.Count));

    /// <summary>What is known of some values.</summary>
    /// <param name="Count">How many.</param>
    /// <param name="Sum">The sum of their squares.</param>
    public readonly record struct Squares(long Count, double Sum);
}
