namespace FeatureService.Engine.Kernels;

/// <summary>Where the tiles of a batch lie outside of it: one array for each part of a state, entity by entity and week by week.</summary>
/// <param name="planes">The arrays.</param>
/// <param name="firstEntity">The entity of the batch's first stretch; the others follow.</param>
/// <param name="firstWeek">Number of an entity's first week.</param>
/// <param name="weekCount">Weeks of an entity.</param>
internal readonly unsafe struct TileRows(Planes planes, int firstEntity, int firstWeek, int weekCount)
{
    private const int PlanesMax = 5;

    /// <summary>Whether there are any.</summary>
    public bool Exists => planes.First != null;

    /// <summary>Copies the tiles of a stretch out of a batch.</summary>
    /// <param name="set">The batch's events.</param>
    /// <param name="stretch">The stretch.</param>
    /// <param name="slots">Its tiles, by slot.</param>
    public void Write(EventSet set, int stretch, in Planes slots) => Copy(set, stretch, slots, isWrite: true);

    /// <summary>Copies the tiles of a stretch into a batch.</summary>
    /// <param name="set">The batch's events.</param>
    /// <param name="stretch">The stretch.</param>
    /// <param name="slots">Takes its tiles, by slot.</param>
    public void Read(EventSet set, int stretch, in Planes slots) => Copy(set, stretch, slots, isWrite: false);

    /// <summary>The states of a stretch, of which each has one part; from the tile behind the first slot on.</summary>
    public Span<long> Of(EventSet set, int stretch) => new((long*)planes.First + PlaceOf(set, stretch), set.Space.SlotsOf(stretch) - 1);

    private long PlaceOf(EventSet set, int stretch) => ((firstEntity + stretch) * (long)weekCount) + set.WeekOfSlots(stretch) - firstWeek;

    private void Copy(EventSet set, int stretch, in Planes slots, bool isWrite)
    {
        var (place, bytes) = (PlaceOf(set, stretch), (long)(set.Space.SlotsOf(stretch) - 1) * sizeof(long));
        var outside = stackalloc[] { planes.First, planes.Second, planes.Third, planes.Fourth, planes.Fifth };
        var inside = stackalloc[] { slots.First, slots.Second, slots.Third, slots.Fourth, slots.Fifth };
        for (var i = 0; i < PlanesMax && outside[i] != null; i++)
        {
            var far = (long*)outside[i] + place;
            var near = (long*)inside[i] + 1;
            Buffer.MemoryCopy(isWrite ? near : far, isWrite ? far : near, bytes, bytes);
        }
    }
}
