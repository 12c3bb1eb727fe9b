using FeatureService.Engine.Expressions;
using FeatureService.Engine.Kernels;
using FeatureService.Engine.Planning;

namespace FeatureService.Engine.Execution;

/// <summary>The tile arrays of one source that a batch reads or works out.</summary>
/// <param name="table">The arrays of all sources.</param>
/// <param name="arrays">Which of them are of the source, by its sets, tiles and values.</param>
/// <param name="firstEntity">The batch's first entity, counted among the run's.</param>
internal sealed unsafe class BatchTiles(TileTable table, SourceTiles arrays, int firstEntity)
{
    /// <summary>Where the number of events of a set lies.</summary>
    public TileRows CountsOf(int set) => table.RowsOf(arrays.Counts[set], firstEntity);

    /// <summary>Where the states of tiles lie.</summary>
    public TileRows StatesOf(int tiles) => table.RowsOf(arrays.States[tiles], firstEntity);

    /// <summary>The sums of int64 of some values by slot; a null pointer where the table has none.</summary>
    /// <param name="values">The values, by index in <see cref="SourcePlan.Values"/>.</param>
    /// <param name="set">Their set.</param>
    /// <param name="arena">Memory until the batch is done.</param>
    public long* SumsOf(int values, EventSet set, Arena arena)
    {
        var rows = table.RowsOf(arrays.Sums[values], firstEntity);
        if (!rows.Exists)
        {
            return null;
        }

        var sums = arena.TakeCleared<long>(set.Space.SlotCount);
        for (var stretch = 0; stretch < set.Batch.Count; stretch++)
        {
            // What lies before the first tile stays out.
            var tiles = rows.Of(set, stretch);
            tiles.CopyTo(new Span<long>(sums + set.Space.SlotStart(stretch) + 1, tiles.Length));
        }

        return sums;
    }

    /// <summary>Keeps what a set's events come to.</summary>
    /// <param name="plan">The source's plan.</param>
    /// <param name="index">The set.</param>
    /// <param name="set">Its events.</param>
    /// <param name="valuesOf">Their values, by index in <see cref="SourcePlan.Values"/>.</param>
    /// <param name="arena">Memory that lives as long as the set does.</param>
    public void Write(SourcePlan plan, int index, EventSet set, Func<int, nint> valuesOf, Arena arena)
    {
        var counts = CountsOf(index);
        for (var stretch = 0; counts.Exists && stretch < set.Batch.Count; stretch++)
        {
            var boundaries = set.Boundaries(arena) + set.Space.SlotStart(stretch);
            var tiles = counts.Of(set, stretch);
            for (var slot = 0; slot < tiles.Length; slot++)
            {
                tiles[slot] = boundaries[slot + 1] - boundaries[slot];
            }
        }

        for (var values = 0; values < plan.Values.Length; values++)
        {
            var sums = plan.Values[values].Set == index ? table.RowsOf(arrays.Sums[values], firstEntity) : default;
            if (sums.Exists && !IntegerSums.TryWriteTiles(set, (long*)valuesOf(values), sums, arena))
            {
                table.Spoil(arrays.Sums[values]);
            }
        }
    }

    /// <summary>Notes that a set has events in error: what is made of it is in error too.</summary>
    public void Spoil(SourcePlan plan, int index)
    {
        table.Spoil(arrays.Counts[index]);
        for (var values = 0; values < plan.Values.Length; values++)
        {
            if (plan.Values[values].Set == index)
            {
                table.Spoil(arrays.Sums[values]);
            }
        }

        for (var tiles = 0; tiles < plan.Tiles.Length; tiles++)
        {
            if (plan.Values[plan.Tiles[tiles].Values].Set == index)
            {
                table.Spoil(arrays.States[tiles]);
            }
        }
    }
}
