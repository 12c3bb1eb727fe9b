using System.Buffers;
using System.Runtime.InteropServices;
using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;
using FeatureService.Core.Keys;

namespace FeatureService.Client.Datasets.Reuse;

/// <summary>
/// The weeks whose rows are <c>censored</c> or <c>incomplete</c>. That depends on all columns that are asked for and on the week, not on
/// the entity; <c>no_history</c> and <c>ok</c> depend on the entity and on no column. So what is asked for some of the columns gets the
/// status of all of them.
/// </summary>
internal sealed class WeekStatuses
{
    private readonly Dictionary<int, byte[]> _statuses;

    private WeekStatuses(Dictionary<int, byte[]> statuses) => _statuses = statuses;

    /// <summary>Asks for the statuses of an entity, whichever.</summary>
    /// <param name="client">The service.</param>
    /// <param name="target">All columns.</param>
    /// <param name="weekDays">First days of the weeks.</param>
    /// <param name="cancellation">Ends the calls.</param>
    public static async Task<WeekStatuses> AskAsync(
        FeatureServiceClient client, ViewOnSnapshot target, IReadOnlyList<int> weekDays, CancellationToken cancellation)
    {
        var statuses = new Dictionary<int, byte[]>();
        if (weekDays.Count == 0)
        {
            return new WeekStatuses(statuses);
        }

        using var run = new FanOutRun(client.Options);
        var keys = target.Snapshot.EntityType == EntityKeyType.Int64
            ? new EntityKeys(new long[weekDays.Count])
            : new EntityKeys(StringTable.Of(Enumerable.Repeat("0", weekDays.Count)));
        foreach (var answer in await new ListFetcher(client, target, run)
            .FetchAsync(new ListedRows(keys, weekDays.ToArray()), cancellation).ConfigureAwait(false))
        {
            var (days, texts) = (answer.Columns[1], answer.Columns[^1]);
            for (var row = 0; row < days.Length; row++)
            {
                if (texts.Utf8(row).SequenceEqual("censored"u8) || texts.Utf8(row).SequenceEqual("incomplete"u8))
                {
                    statuses[days.Values<int>()[row]] = texts.Utf8(row).ToArray();
                }
            }
        }

        return new WeekStatuses(statuses);
    }

    /// <summary>Whether the same weeks have the same status.</summary>
    public bool IsSame(WeekStatuses other) =>
        _statuses.Count == other._statuses.Count && _statuses.All(s => other._statuses.TryGetValue(s.Key, out var status) && status.AsSpan().SequenceEqual(s.Value));

    /// <summary>A batch with the statuses of all columns.</summary>
    /// <param name="batch">Rows with the statuses of some.</param>
    public FeatureBatch Apply(FeatureBatch batch)
    {
        if (_statuses.Count == 0)
        {
            return batch;
        }

        var chunks = Enumerable.Range(0, batch.ColumnCount).Select(batch.Chunks).ToArray();
        chunks[^1] = [EncodedColumn.Of(Corrected(batch[1].Values<int>(), batch[batch.ColumnCount - 1]))];
        return new FeatureBatch(batch.Header, batch.Slice, batch.FirstRow, batch.RowCount, chunks);
    }

    private Column Corrected(ReadOnlySpan<int> days, Column statuses)
    {
        var texts = new ArrayBufferWriter<byte>(days.Length * 4);
        var offsets = new int[days.Length + 1];
        for (var row = 0; row < days.Length; row++)
        {
            texts.Write(_statuses.TryGetValue(days[row], out var status) ? status : statuses.Utf8(row));
            offsets[row + 1] = texts.WrittenCount;
        }

        return new Column
        {
            Type = ColumnType.String,
            Length = days.Length,
            Data = texts.WrittenMemory,
            Offsets = MemoryMarshal.AsBytes<int>(offsets).ToArray(),
        };
    }
}
