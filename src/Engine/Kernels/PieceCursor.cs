namespace FeatureService.Engine.Kernels;

/// <summary>The pieces of a stretch that hold events, week by week.</summary>
internal unsafe ref struct PieceCursor(EventSet set, Piece[] pieces, int stretch)
{
    private readonly ReadOnlySpan<Piece> _pieces = pieces.AsSpan(set.Batch.FirstWeeks[stretch], set.Batch.WeekCounts[stretch]);
    private readonly long* _times = set.Times;
    private readonly int _end = set.Starts[stretch + 1];
    // Pieces of neighbouring weeks may overlap, so the place to go on from is the piece's start.
    private int _next = set.LowerBound(stretch, pieces[set.Batch.FirstWeeks[stretch]].Start);

    /// <summary>The piece's week, from the first of the stretch.</summary>
    public int Week { get; private set; } = -1;

    /// <summary>The piece.</summary>
    public readonly Piece Piece => _pieces[Week];

    /// <summary>The piece's first event.</summary>
    public readonly int From => _next;

    /// <summary>The event behind the piece's last.</summary>
    public int To { get; private set; }

    /// <summary>Moves on to the next piece with events; false where there is none.</summary>
    public bool Next()
    {
        var times = _times;
        var (next, end) = (_next, _end);
        for (var week = Week + 1; week < _pieces.Length && next < end; week++)
        {
            var piece = _pieces[week];
            while (next < end && times[next] < piece.Start)
            {
                next++;
            }

            if (next < end && times[next] < piece.End)
            {
                var to = next + 1;
                while (to < end && times[to] < piece.End)
                {
                    to++;
                }

                (Week, _next, To) = (week, next, to);
                return true;
            }
        }

        return false;
    }
}
