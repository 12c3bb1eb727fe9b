using FeatureService.Caching;
using FeatureService.Core.Keys;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Snapshots;
using FeatureService.Pipeline.Requests;
using FeatureService.Pipeline.Verification;

namespace FeatureService.Pipeline;

/// <summary>Entities of one slice that are computed at once: most often all that the request wants of it.</summary>
/// <param name="SliceIndex">Index of the slice in the request.</param>
/// <param name="Slice">The slice.</param>
/// <param name="ReadKeys">Gives the entities, ascending; null means all of the slice. Called on a worker, as it may read the slice.</param>
/// <param name="EntityCount">How many entities; 0 only for a slice without any.</param>
/// <param name="EndsSlice">Whether the slice ends with this part.</param>
internal sealed record SlicePart(int SliceIndex, SliceId Slice, Func<EntityKeys?> ReadKeys, int EntityCount, bool EndsSlice)
{
    /// <summary>Whether it is whole blocks of the cache: the request wants all of the slice, and the part starts where a block does.</summary>
    public bool IsWholeBlocks { get; private init; }

    /// <summary>The parts of a backfill in order; made one by one, as a grid may have millions of slices.</summary>
    /// <param name="task">The backfill.</param>
    /// <param name="partBytesMax">Output of one part; a single entity may exceed it.</param>
    public static IEnumerable<SlicePart> Of(BackfillTask task, long partBytesMax)
    {
        var entityBytes = task.Rows.Weeks.Count * RowBytes.Of(task.Selection.Plan);
        var entitiesMax = (int)Math.Clamp(partBytesMax / entityBytes, 1, int.MaxValue);
        for (var i = task.FirstSlice; i < task.Rows.SliceCount; i++)
        {
            foreach (var part in OfSlice(task.Selection.Snapshot, task.Rows[i], i, entitiesMax))
            {
                yield return part;
            }
        }
    }

    /// <summary>The part as work for the workers.</summary>
    /// <param name="task">The backfill.</param>
    /// <param name="verifier">Verifies a share of it.</param>
    public RowsWork Work(BackfillTask task, Verifier verifier) =>
        new(task.Selection.Plan, () => RowsRun.OfSlice(task.Selection.Plan, Slice, task.Rows.Weeks, ReadKeys()), verifier);

    private static IEnumerable<SlicePart> OfSlice(ISnapshot snapshot, SliceRows rows, int index, int entitiesMax)
    {
        var count = rows.Keys?.Count ?? snapshot.EntityCount(rows.Id);
        var isAll = rows.Keys is null;
        if (count <= entitiesMax)
        {
            yield return new SlicePart(index, rows.Id, () => rows.Keys, count, true) { IsWholeBlocks = isAll };
            yield break;
        }

        // Cut where blocks of the cache are, unless rows are so wide that a part has not even one.
        var hasBlocks = entitiesMax >= BlockKey.RunEntities;
        entitiesMax -= hasBlocks ? entitiesMax % BlockKey.RunEntities : 0;
        for (var next = 0; next < count; next += entitiesMax)
        {
            var (first, size) = (next, Math.Min(entitiesMax, count - next));
            yield return new SlicePart(
                index, rows.Id, () => (rows.Keys ?? snapshot.Slice(rows.Id).Keys).Slice(first, size), size, first + size == count)
            {
                IsWholeBlocks = isAll && hasBlocks,
            };
        }
    }
}
