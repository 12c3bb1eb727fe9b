namespace FeatureService.Engine.Kernels;

/// <summary>
/// Where the tiles of a batch lie for one source. Each stretch has one slot for what lies before its first tile, then its tiles, one a
/// week. The boundary at the start of the week <c>offset</c> weeks from a row's has the number of the slot of the tile before it.
/// </summary>
internal sealed class TileSpace
{
    private int[] _slotStarts = new int[17];

    /// <summary>From a row's week to the first whose tile it may need; negative before it.</summary>
    public int TileMin { get; private set; }

    /// <summary>Number of slots of all stretches.</summary>
    public int SlotCount { get; private set; }

    /// <summary>Lays out a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="tileMin">From a row's week to the first whose tile it may need.</param>
    /// <param name="tileEnd">From a row's week to the one behind the last whose tile it may need.</param>
    public void Lay(Batch batch, int tileMin, int tileEnd)
    {
        TileMin = tileMin;
        if (_slotStarts.Length < batch.Count + 1)
        {
            _slotStarts = new int[batch.Count * 2];
        }

        var slot = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            _slotStarts[i] = slot;
            slot += batch.WeekCounts[i] + tileEnd - tileMin;
        }

        _slotStarts[batch.Count] = slot;
        SlotCount = slot;
    }

    /// <summary>The first slot of a stretch; behind the last stretch the number of slots.</summary>
    public int SlotStart(int stretch) => _slotStarts[stretch];

    /// <summary>Number of slots of a stretch.</summary>
    public int SlotsOf(int stretch) => _slotStarts[stretch + 1] - _slotStarts[stretch];
}
