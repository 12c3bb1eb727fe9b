namespace FeatureService.Engine.Kernels;

/// <summary>
/// How one window lies on the catalog's weeks, for a range of weeks: its instants, the whole weeks inside it, and the pieces before and
/// behind them (EVALUATION.md rule 3). Weeks are counted from the first of the range.
/// </summary>
internal sealed class WindowShape
{
    /// <summary>No common offset: the instants lie elsewhere in the week than at its start, or in another week for some rows.</summary>
    public const int Unaligned = int.MinValue;

    /// <summary>The window's start for each week; the least int64 where it is open.</summary>
    public required long[] Starts { get; init; }

    /// <summary>The window's end for each week.</summary>
    public required long[] Ends { get; init; }

    /// <summary>Weeks from the row's to the one whose cutoff is the window's start; <see cref="Unaligned"/> where there is no such number.</summary>
    public required int StartOffset { get; init; }

    /// <summary>As <see cref="StartOffset"/>, of the window's end.</summary>
    public required int EndOffset { get; init; }

    /// <summary>
    /// Weeks from the row's to the one in which the window's start lies; <see cref="Unaligned"/> where there is no such number or no start.
    /// </summary>
    public required int StartFloor { get; init; }

    /// <summary>As <see cref="StartFloor"/>, of the window's end.</summary>
    public required int EndFloor { get; init; }

    /// <summary>Runs of weeks with the same whole weeks, ascending, without gaps.</summary>
    public required ShapeRun[] Runs { get; init; }

    /// <summary>The piece before the whole weeks, for each week; empty pieces start where they end. Null where no week has one.</summary>
    public required Piece[]? Heads { get; init; }

    /// <summary>The piece behind the whole weeks, for each week. Null where no week has one.</summary>
    public required Piece[]? Tails { get; init; }

    /// <summary>How many of the latest events that a filter keeps the window holds; 0 where time alone bounds it.</summary>
    public int EventsMax { get; init; }

    /// <summary>Whether the window has no start in time.</summary>
    public bool IsOpen => Starts[0] == long.MinValue;

    /// <summary>The run that holds a week.</summary>
    public ShapeRun RunOf(int week)
    {
        var i = 0;
        while (Runs[i].To <= week)
        {
            i++;
        }

        return Runs[i];
    }

    /// <summary>The instant at which a week's whole weeks, or where there are none its head, end.</summary>
    public long WeeksEnd(int week) => Tails is { } tails ? tails[week].Start : Ends[week];
}

/// <summary>Weeks whose windows hold the same whole weeks relative to the row's.</summary>
/// <param name="From">The first week of the run.</param>
/// <param name="To">The week behind the last.</param>
/// <param name="WeekCount">Whole weeks inside the window; not used of an open window.</param>
/// <param name="EndOffset">From the row's week to the one behind the last whole one.</param>
internal readonly record struct ShapeRun(int From, int To, int WeekCount, int EndOffset);

/// <summary>A stretch of time inside one week.</summary>
/// <param name="Start">Microseconds UTC.</param>
/// <param name="End">Microseconds UTC; not inside.</param>
internal readonly record struct Piece(long Start, long End);
