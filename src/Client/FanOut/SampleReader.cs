using System.Globalization;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;

namespace FeatureService.Client.FanOut;

/// <summary>
/// Finds the entities of a sample: goes once through all keys of the snapshot, as a backfill of one week of a constant, and keeps those
/// of the lowest ranks. Memory is the sample's, not the snapshot's.
/// </summary>
internal static class SampleReader
{
    /// <summary>A view that costs nothing; keys and weeks come with any view. Its column's name is one that no entity has.</summary>
    private const string KeysView = "view: keys\nfeatures:\n  \"every entity\": 1\n";

    /// <summary>The sample's entities, in no order.</summary>
    /// <param name="client">The service.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="week">Any week.</param>
    /// <param name="sample">Which entities.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentException">The sample is empty.</exception>
    public static async Task<IReadOnlyList<EntityKey>> ReadAsync(
        FeatureServiceClient client, SnapshotTopology snapshot, string week, EntitySample sample, CancellationToken cancellation)
    {
        var query = new BackfillQuery
        {
            View = ViewReference.OfText(KeysView),
            Snapshot = new SnapshotReference(snapshot.Name, snapshot.Id),
            Weeks = new WeekSpan(week, week),
        };
        var chosen = new LowestRanks(sample);
        await foreach (var batch in client.BackfillAsync(query, cancellation).ConfigureAwait(false))
        {
            for (var row = 0; row < batch.RowCount; row++)
            {
                chosen.Add(KeyOf(batch[0], row));
            }
        }

        return chosen.Keys.Count > 0
            ? chosen.Keys
            : throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"sample: with seed {sample.Seed} it holds none of the snapshot's entities: expected a larger one"));
    }

    private static EntityKey KeyOf(Column column, int row) =>
        column.Type == ColumnType.Int64 ? EntityKey.Of(column.Values<long>()[row]) : EntityKey.Of(column.Utf8(row));

    /// <summary>The keys that a sample takes of those that it is shown.</summary>
    /// <param name="sample">The sample.</param>
    private sealed class LowestRanks(EntitySample sample)
    {
        private static readonly Comparer<(ulong Rank, EntityKey Key)> _highestFirst = Comparer<(ulong Rank, EntityKey Key)>.Create(
            static (a, b) => a.Rank != b.Rank ? b.Rank.CompareTo(a.Rank) : b.Key.CompareTo(a.Key));

        private readonly PriorityQueue<EntityKey, (ulong Rank, EntityKey Key)> _chosen = new(_highestFirst);

        /// <summary>Ranks below it are taken: 2^64 takes all.</summary>
        private readonly UInt128 _rankEnd = (UInt128)((sample.Percent ?? 100) / 100 * Math.Pow(2, 64));

        private readonly int _countMax = sample.Count ?? int.MaxValue;

        public IReadOnlyList<EntityKey> Keys => [.. _chosen.UnorderedItems.Select(item => item.Element)];

        public void Add(EntityKey key)
        {
            var rank = sample.Rank(key);
            if (rank >= _rankEnd)
            {
                return;
            }

            if (_chosen.Count < _countMax)
            {
                _chosen.Enqueue(key, (rank, key));
            }
            else
            {
                _chosen.EnqueueDequeue(key, (rank, key));
            }
        }
    }
}
