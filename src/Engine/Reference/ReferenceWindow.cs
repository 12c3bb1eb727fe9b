using FeatureService.Core.Calendar;

namespace FeatureService.Engine.Reference;

/// <summary>The window of an aggregate in one cell, and the order in which float states of its pieces combine.</summary>
/// <param name="calendar">The catalog's weeks.</param>
/// <param name="kind">The window's kind.</param>
/// <param name="window">From which instant to which it reaches; the start is <see cref="long.MinValue"/> where it is open.</param>
/// <param name="kept">The events that count, in event order, at least one.</param>
internal sealed class ReferenceWindow(WeekCalendar calendar, WindowKind kind, Piece window, IReadOnlyList<KeptEvent> kept)
{
    /// <summary>The state of the window.</summary>
    /// <typeparam name="TState">What events are folded into.</typeparam>
    /// <param name="nothing">The state of no event.</param>
    /// <param name="step">The state after one more event of a piece that ends at an instant.</param>
    /// <param name="merge">An older state with a newer one, whose end lies so many microseconds behind that of the older.</param>
    public TState Combine<TState>(
        TState nothing, Func<TState, KeptEvent, long, TState> step, Func<TState, TState, long, TState> merge)
    {
        return kind switch
        {
            WindowKind.LastEvents => Fold(window),
            // Empty tiles before the first event that counts change nothing, so that event will do for the entity's first.
            WindowKind.All => WindowPieces.CombineAll(calendar, kept[0].Time, window.End, Fold, merge, nothing),
            _ => WindowPieces.Combine(calendar, window, Fold, merge, nothing),
        };

        TState Fold(Piece piece) => kept
            .Where(e => piece.Start <= e.Time && e.Time < piece.End)
            .Aggregate(nothing, (state, e) => step(state, e, piece.End));
    }
}
