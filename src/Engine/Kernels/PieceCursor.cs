namespace FeatureService.Engine.Kernels;

/// <summary>The pieces of a stretch that hold events, week by week.</summary>
internal ref struct PieceCursor(EventSet set, Piece[] pieces, int stretch)
{
    private readonly int _first = set.Batch.FirstWeeks[stretch];
    private readonly int _weekCount = set.Batch.WeekCounts[stretch];
    private readonly int _end = set.Starts[stretch + 1];
    // Pieces of neighbouring weeks may overlap, so the place to go on from is the piece's start.
    private int _next = set.LowerBound(stretch, pieces[set.Batch.FirstWeeks[stretch]].Start);

    /// <summary>The piece's week, from the first of the stretch.</summary>
    public int Week { get; private set; } = -1;

    /// <summary>The instant at which the piece ends.</summary>
    public readonly long End => pieces[_first + Week].End;

    /// <summary>The piece's first event.</summary>
    public readonly int From => _next;

    /// <summary>The event behind the piece's last.</summary>
    public int To { get; private set; }

    /// <summary>Moves on to the next piece with events; false where there is none.</summary>
    public unsafe bool Next()
    {
        while (++Week < _weekCount && _next < _end)
        {
            var piece = pieces[_first + Week];
            while (_next < _end && set.Times[_next] < piece.Start)
            {
                _next++;
            }

            To = _next;
            while (To < _end && set.Times[To] < piece.End)
            {
                To++;
            }

            if (_next < To)
            {
                return true;
            }
        }

        return false;
    }
}
