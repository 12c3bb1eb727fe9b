using FeatureService.Core.Calendar;

namespace FeatureService.Engine.Reference;

/// <summary>A stretch of time, closed at its start, open at its end.</summary>
internal readonly record struct Piece(long Start, long End);

/// <summary>Rules 3 to 5: how a window is cut at the starts of the catalog's weeks, and in which order its pieces combine.</summary>
internal static class WindowPieces
{
    /// <summary>The state of a window of a length: (head + weeks) + tail.</summary>
    /// <typeparam name="TState">What a piece is folded into.</typeparam>
    /// <param name="calendar">The catalog's weeks.</param>
    /// <param name="window">The window.</param>
    /// <param name="fold">The state of one piece.</param>
    /// <param name="merge">An older state with a newer one, whose end lies so many microseconds behind that of the older.</param>
    /// <param name="nothing">The state of an empty window.</param>
    public static TState Combine<TState>(
        WeekCalendar calendar, Piece window, Func<Piece, TState> fold, Func<TState, TState, long, TState> merge, TState nothing)
    {
        var pieces = Cut(calendar, window);
        var weeks = pieces.Where(piece => IsWeek(calendar, piece)).ToList();
        var firstWeek = weeks.Count == 0 ? 1 : pieces.IndexOf(weeks[0]);
        var parts = Parts(pieces.Take(firstWeek), fold, merge).ToList();
        if (weeks.Count > 0)
        {
            parts.Add(Tree<Part<TState>>([.. Parts(weeks, fold, merge)], Part<TState>.Merge));
        }

        parts.AddRange(Parts(pieces.Skip(firstWeek + weeks.Count), fold, merge));
        return parts.Count == 0 ? nothing : parts.Aggregate(Part<TState>.Merge).State;
    }

    /// <summary>The state of everything before an instant: tiles from left to right, empty ones between them too, then the tail.</summary>
    /// <typeparam name="TState">What a piece is folded into.</typeparam>
    /// <param name="calendar">The catalog's weeks.</param>
    /// <param name="firstEvent">Time of the entity's first event.</param>
    /// <param name="end">The window's end.</param>
    /// <param name="fold">The state of one piece.</param>
    /// <param name="merge">An older state with a newer one, whose end lies so many microseconds behind that of the older.</param>
    /// <param name="nothing">The state of an empty window.</param>
    public static TState CombineAll<TState>(
        WeekCalendar calendar,
        long firstEvent,
        long end,
        Func<Piece, TState> fold,
        Func<TState, TState, long, TState> merge,
        TState nothing)
    {
        var pieces = Cut(calendar, new Piece(calendar.Cutoff(calendar.WeekOf(firstEvent)), end));
        return pieces.Count == 0 ? nothing : Parts(pieces, fold, merge).Aggregate(Part<TState>.Merge).State;
    }

    private static IEnumerable<Part<TState>> Parts<TState>(
        IEnumerable<Piece> pieces, Func<Piece, TState> fold, Func<TState, TState, long, TState> merge) =>
        pieces.Select(piece => new Part<TState>(fold(piece), piece.End, merge));

    /// <summary>The pieces between the window's ends and every week start strictly inside it.</summary>
    private static List<Piece> Cut(WeekCalendar calendar, Piece window)
    {
        var pieces = new List<Piece>();
        var start = window.Start;
        while (start < window.End)
        {
            var end = Math.Min(calendar.Cutoff(calendar.WeekOf(start) + 1), window.End);
            pieces.Add(new Piece(start, end));
            start = end;
        }

        return pieces;
    }

    private static bool IsWeek(WeekCalendar calendar, Piece piece)
    {
        var week = calendar.WeekOf(piece.Start);
        return piece.Start == calendar.Cutoff(week) && piece.End == calendar.Cutoff(week + 1);
    }

    /// <summary>
    /// Blocks by the binary digits of the number of weeks, the largest oldest, combined from the newest end: 13 weeks are
    /// B8 + (B4 + B1).
    /// </summary>
    private static TState Tree<TState>(ReadOnlySpan<TState> tiles, Func<TState, TState, TState> merge)
    {
        var largest = 1;
        while (largest * 2 <= tiles.Length)
        {
            largest *= 2;
        }

        var block = Block(tiles[..largest], merge);
        return largest == tiles.Length ? block : merge(block, Tree(tiles[largest..], merge));
    }

    /// <summary>A block of a power of two of tiles: its older half with its newer half.</summary>
    private static TState Block<TState>(ReadOnlySpan<TState> tiles, Func<TState, TState, TState> merge)
    {
        var half = tiles.Length / 2;
        return half == 0 ? tiles[0] : merge(Block(tiles[..half], merge), Block(tiles[half..], merge));
    }

    /// <summary>The state of a run of pieces, and where the run ends.</summary>
    private sealed record Part<TState>(TState State, long End, Func<TState, TState, long, TState> Join)
    {
        public static Part<TState> Merge(Part<TState> older, Part<TState> newer) =>
            newer with { State = newer.Join(older.State, newer.State, newer.End - older.End) };
    }
}
