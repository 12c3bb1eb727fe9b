using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions.Custom;

namespace FeatureService.Samples.Aggregates;

/// <summary>
/// <c>longest_streak_days(app_opens) over 13w</c>: the most days on end with an event, by the catalog's local dates. Its states do not merge,
/// so the engine folds every window event by event.
/// </summary>
public sealed class LongestStreakDays() : CustomAggregate<LongestStreakDays.Streaks>("longest_streak_days", version: 1, ColumnType.None, ColumnType.Int64)
{
    /// <inheritdoc/>
    public override Streaks Add(Streaks state, in CustomEvent e)
    {
        var length = state.Longest > 0 && e.LocalDay == state.LastDay ? state.Length
            : state.Longest > 0 && e.LocalDay == state.LastDay + 1 ? state.Length + 1
            : 1;
        return new Streaks(e.LocalDay, length, Math.Max(state.Longest, length));
    }

    /// <inheritdoc/>
    public override CustomValue Finish(Streaks state, long windowEnd) => CustomValue.Of((long)state.Longest);

    /// <summary>What is known of some days.</summary>
    /// <param name="LastDay">The last day with an event.</param>
    /// <param name="Length">Days on end up to it.</param>
    /// <param name="Longest">The most days on end so far; 0 before the first event.</param>
    public readonly record struct Streaks(int LastDay, int Length, int Longest);
}
