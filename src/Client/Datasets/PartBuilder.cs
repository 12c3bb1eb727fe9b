using FeatureService.Client.Transport;
using Google.Protobuf;

namespace FeatureService.Client.Datasets;

/// <summary>
/// Makes one part: batches are received on the one hand and hashed and written by a thread of their own on the other. At most one
/// batch waits, so a slow disk stops the service and memory stays bounded. A part that takes long is made of pieces, which are kept.
/// </summary>
/// <param name="shape">What the parts are made of.</param>
/// <param name="pieces">Pieces of parts.</param>
/// <param name="checkpointInterval">How long a piece is worked at, at least.</param>
/// <param name="time">The clock.</param>
/// <param name="written">Told the shard and the rows of every batch that is written.</param>
internal sealed class PartBuilder(IPartShape shape, PieceStore pieces, TimeSpan checkpointInterval, TimeProvider time, Action<int, long> written)
{
    /// <summary>Makes the part of a shard under a temporary name.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="path">The temporary name.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The record of the part; its bytes are on the disk.</returns>
    public async Task<PartRecord> BuildAsync(ShardWork shard, string path, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var found = shape.PieceFormat is null ? [] : pieces.Of(shard.Index);
        using var receiver = new PartReceiver(found.Count == 0 ? ByteString.Empty : ByteString.CopyFrom(found[^1].Cursor));
        var fetch = FetchAsync(shard, receiver, stop.Token);
        var write = Task.Factory.StartNew(
            () => Write(shard.Index, path, found, receiver, stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.WhenAll(fetch, write).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (fetch.IsFaulted)
        {
            await fetch.ConfigureAwait(false);
        }

        // A failed write has cancelled the fetch, so its own exception is the one to tell.
        return await write.ConfigureAwait(false);
    }

    private static async Task FetchAsync(ShardWork shard, PartReceiver receiver, CancellationToken cancellation)
    {
        try
        {
            await shard.FetchAsync(receiver, cancellation).ConfigureAwait(false);
            receiver.Complete(null);
        }
        catch (Exception exception)
        {
            receiver.Complete(exception);
            throw;
        }
    }

    private PartRecord Write(int part, string path, IReadOnlyList<PartRecord> found, PartReceiver receiver, CancellationTokenSource stop)
    {
        try
        {
            var made = found.ToList();
            made.ForEach(piece => written(part, piece.Rows));
            while (true)
            {
                var record = WriteRun(part, path, receiver);
                if (record.Cursor is null)
                {
                    return made.Count == 0 ? record : Join(part, path, [.. made, record], stop.Token);
                }

                made.Add(record with { Piece = made.Count });
                pieces.Keep(made[^1], path);
            }
        }
        catch
        {
            stop.Cancel();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Writes a file of what arrives until a piece is due, whose record has a cursor, or all has arrived.</summary>
    private PartRecord WriteRun(int part, string path, PartReceiver receiver)
    {
        var hasher = new ContentHasher(shape.Kept);
        var statuses = new RowStatusCounter();
        var countsStatuses = shape.Kept[^1].Role == DatasetColumnRole.RowStatus;
        var rows = 0L;
        var told = SlicesTold.None;
        ByteString? cursor = null;
        var started = time.GetTimestamp();
        using var file = new HashingStream(path);
        using (var writer = shape.CreatePart(part, file))
        {
            while (cursor is null && receiver.Next() is { } arrival)
            {
                told += arrival.Told;
                if (arrival.Batch is not { } arrived)
                {
                    cursor = shape.PieceFormat is not null && rows > 0 && time.GetElapsedTime(started) >= checkpointInterval ? arrival.Cursor : null;
                    continue;
                }

                var batch = shape.Keep(arrived);
                hasher.Add(batch);
                if (countsStatuses)
                {
                    statuses.Add(batch);
                }

                writer.Write(batch);
                rows += batch.RowCount;
                written(part, batch.RowCount);
                receiver.Release();
            }

            writer.Complete();
        }

        told += cursor is null ? receiver.TakeTold() : SlicesTold.None;
        var content = shape.ContentOf(part, new PartContent(hasher.Finish(told.Hashes), statuses.Counts));
        file.Sync();
        return new PartRecord
        {
            Part = part,
            Cursor = cursor?.ToByteArray(),
            Rows = rows,
            Bytes = file.Length,
            Checksum = file.Checksum,
            ColumnHashes = content.Hashes,
            RowsByStatus = content.RowsByStatus,
            Errors = told.Errors,
            ErrorCount = told.ErrorCount,
            CpuSeconds = told.Cost.Cpu.TotalSeconds,
            CachedValues = told.Cost.CachedValues,
        };
    }

    /// <summary>Puts the pieces and what was written last, which is at the path, together at that path.</summary>
    private PartRecord Join(int part, string path, IReadOnlyList<PartRecord> records, CancellationToken cancellation)
    {
        var last = pieces.Temporary(part);
        File.Move(path, last);
        try
        {
            using var file = new HashingStream(path);
            shape.PieceFormat!.Concatenate([.. records.SkipLast(1).Select(pieces.PathOf), last], file, cancellation);
            file.Sync();
            return PartRecord.Join(records, file.Length, file.Checksum);
        }
        finally
        {
            File.Delete(last);
        }
    }
}
