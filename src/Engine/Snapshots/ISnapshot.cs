using System.IO.Hashing;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;

namespace FeatureService.Engine.Snapshots;

/// <summary>An immutable, columnar copy of a catalog's sources, as plans and executions read it. All members are safe from any thread.</summary>
public interface ISnapshot
{
    /// <summary>Hash of the logical content.</summary>
    string Id { get; }

    /// <summary>The catalog that the snapshot was built from, with its calendar.</summary>
    Catalog Catalog { get; }

    /// <summary>Partitions and slices.</summary>
    Placement Placement { get; }

    /// <summary>Number of entities of a slice.</summary>
    /// <param name="slice">The slice.</param>
    int EntityCount(SliceId slice);

    /// <summary>Number of events, or facts, of a source in a slice. Reads the slice where the snapshot does not know it.</summary>
    /// <param name="source">Index in <see cref="Catalog.Sources"/>.</param>
    /// <param name="slice">The slice.</param>
    int CountOf(int source, SliceId slice) => Slice(slice).Source(source).Count;

    /// <summary>
    /// The instant before which a source is whole, microseconds UTC; <see cref="long.MinValue"/> for one without events,
    /// <see cref="long.MaxValue"/> for facts without time, which are always whole.
    /// </summary>
    /// <param name="source">Index in <see cref="Catalog.Sources"/>.</param>
    long CompleteUntil(int source);

    /// <summary>
    /// Adds to a hash what identifies a source's rows of a slice in some periods (<see cref="EventDigest"/>): nothing of periods without rows.
    /// </summary>
    /// <param name="source">Index in <see cref="Catalog.Sources"/>.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="firstPeriod">The first period.</param>
    /// <param name="lastPeriod">The last period.</param>
    /// <param name="hash">The hash.</param>
    /// <returns>False where the snapshot knows no digests: then nothing computed from it can be kept by content.</returns>
    bool AppendDigests(int source, SliceId slice, int firstPeriod, int lastPeriod, NonCryptographicHashAlgorithm hash) => false;

    /// <summary>The events of a slice. Cheap: pointers and the merged list of entities.</summary>
    /// <param name="slice">The slice.</param>
    SliceData Slice(SliceId slice);

    /// <summary>Whether a slice was read lately, so that reading it now neither waits for a disk nor checks files.</summary>
    /// <param name="slice">The slice.</param>
    bool IsAtHand(SliceId slice) => false;

    /// <summary>Number of events of all sources, facts without time not counted. Adds slices up where the snapshot does not know it.</summary>
    long EventCount
    {
        get
        {
            var count = 0L;
            for (var partition = 0; partition < Placement.Partitions; partition++)
            {
                for (var slice = 0; slice < Placement.SlicesPerPartition; slice++)
                {
                    var data = Slice(new SliceId(partition, slice));
                    for (var source = 0; source < Catalog.Sources.Length; source++)
                    {
                        count += Catalog.Sources[source].Always ? 0 : data.Source(source).Count;
                    }
                }
            }

            return count;
        }
    }
}
