using FeatureService.Contracts.V1;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using FeatureService.Pipeline.Finishing;
using CoreSlice = FeatureService.Core.Keys.SliceId;

namespace FeatureService.Pipeline.Replies;

/// <summary>
/// Cuts slices into messages. Rows go in runs: first what tells them apart, then the features and labels, column by column; a
/// column that does not fit is cut by rows. The cut depends on plan, rows and encodings alone, so a resumed stream has the same payloads.
/// </summary>
internal sealed class SliceMessages : IDisposable
{
    private const int RunRows = PipelineLimits.RunRows;

    /// <summary>Tag and length of each chunk's message.</summary>
    private const int ChunkTagBytes = 8;

    /// <summary>Tag, length, offset and length of a finished chunk's description.</summary>
    private const int DescriptionTagBytes = 16;

    /// <summary>Where a message has less room than this share of its bytes, a finished chunk begins in the next.</summary>
    private const int RoomShareMin = 16;

    private readonly Plan _plan;
    private readonly ColumnEncoder _encoder;
    private readonly OpenMessage _open;
    private readonly CellErrors _errors;
    private readonly SliceHashes? _hashes;
    private readonly FinishedForm? _finished;
    private long _rows;

    /// <summary>Messages of one stream.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="encodings">Encodings that the caller reads.</param>
    /// <param name="writer">Where messages go.</param>
    /// <param name="finished">The form of finished columns; null where none are.</param>
    /// <param name="bytesMax">Largest message.</param>
    /// <param name="cancellation">Ends the stream.</param>
    public SliceMessages(
        Plan plan, EncodingSet encodings, FinishedForm? finished, MessageWriter<BackfillResponse> writer, int bytesMax, CancellationToken cancellation)
    {
        _plan = plan;
        _encoder = new ColumnEncoder(encodings);
        _errors = new CellErrors(plan);
        _finished = finished;
        _hashes = finished is null ? null : new SliceHashes();
        _open = new OpenMessage(writer, Headers.Of(plan), finished is not null, bytesMax, cancellation);
        if (_open.BytesMax < bytesMax / 2)
        {
            throw RequestException.Invalid("columns.names", $"the header of {plan.Columns.Count} columns takes half a message: ask for fewer columns");
        }
    }

    /// <summary>Sends the rows of a block as the next of a slice; no message has rows of two blocks.</summary>
    public async Task AddAsync(CoreSlice slice, FeatureBlock block)
    {
        var columns = await BeginAsync(slice, block).ConfigureAwait(false);
        for (var first = 0; first < block.RowCount;)
        {
            var rows = RowsOfRun(columns, first, Math.Min(RunRows, block.RowCount - first));
            foreach (var (name, column) in columns)
            {
                await AddRunAsync(name, column, first, rows).ConfigureAwait(false);
            }

            first += rows;
        }

        _rows += block.RowCount;
    }

    /// <summary>Sends the rows of a block, whose columns are finished, as the next of a slice, column by column.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="block">The block.</param>
    /// <param name="work">What has finished its columns.</param>
    /// <param name="index">The block's place there.</param>
    public async Task AddAsync(CoreSlice slice, FeatureBlock block, FinishWork work, int index)
    {
        var columns = await BeginAsync(slice, block).ConfigureAwait(false);
        _hashes!.Add([block.Keys, block.Weeks, .. block.Columns, block.RowStatuses]);
        for (var i = 0; i < columns.Length && block.RowCount > 0; i++)
        {
            var (name, column) = columns[i];
            if (work.Of(index)[i] is { } chunk)
            {
                await AddChunkAsync(name, column, chunk).ConfigureAwait(false);
                continue;
            }

            for (var first = 0; first < block.RowCount; first += RunRows)
            {
                await AddRunAsync(name, column, first, Math.Min(RunRows, block.RowCount - first)).ConfigureAwait(false);
            }
        }

        _rows += block.RowCount;
    }

    /// <summary>Ends a slice.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="cursor">Where to go on.</param>
    /// <param name="cpu">CPU time that the workers took for it.</param>
    /// <param name="cellsFound">Values of it that the cache had.</param>
    /// <param name="isLast">Whether it is the last of the request.</param>
    public async Task EndSliceAsync(CoreSlice slice, Cursor cursor, TimeSpan cpu, long cellsFound, bool isLast)
    {
        var end = new SliceEnd
        {
            Rows = (ulong)_rows,
            Checksum = _open.EndChecksum(),
            Cursor = Google.Protobuf.UnsafeByteOperations.UnsafeWrap(cursor.Write()),
            ErrorCount = (ulong)_errors.Count,
            Last = isLast,
            // Always there and of a fixed width: neither moves the cut.
            CpuMicros = (ulong)(cpu.Ticks / TimeSpan.TicksPerMicrosecond),
            CachedValues = (ulong)cellsFound,
        };
        end.Errors.AddRange(_errors.Told);
        if (_hashes is not null)
        {
            end.ColumnHashes = Google.Protobuf.UnsafeByteOperations.UnsafeWrap(_hashes.End(slice, _rows, _plan.Columns.Count + Headers.RowColumns));
        }

        await _open.SendAsync(slice, end).ConfigureAwait(false);
        _errors.Clear();
        _rows = 0;
    }

    /// <summary>Waits until everything is on its way; sends the header alone where there was nothing else.</summary>
    public Task EndAsync() => _open.EndAsync();

    /// <summary>Refuses a text that no message holds.</summary>
    /// <param name="column">Name of its column.</param>
    /// <param name="size">Bytes that it takes.</param>
    public static RequestException TextTooLong(string column, long size) =>
        new(FailureKind.OutOfRange, $"a text of column '{column}' takes {size} bytes, which no message of the stream holds")
        {
            Reason = "TEXT_TOO_LONG",
        };

    /// <inheritdoc/>
    public void Dispose() => _open.Dispose();

    private async Task AddRunAsync(string name, Column column, int first, int rows)
    {
        var envelope = ChunkTagBytes + ColumnChunks.EnvelopeBytes(name);
        var size = _encoder.Measure(column, first, rows) + envelope;
        if (size > _open.BytesMax)
        {
            if (rows == 1)
            {
                throw TextTooLong(name, size);
            }

            await AddRunAsync(name, column, first, rows / 2).ConfigureAwait(false);
            await AddRunAsync(name, column, first + (rows / 2), rows - (rows / 2)).ConfigureAwait(false);
            return;
        }

        if (size > _open.Room)
        {
            await _open.SendAsync().ConfigureAwait(false);
        }

        _open.Add(ColumnChunks.Of(name, column.Type, _rows + first, _open.Put(_encoder)), envelope);
    }

    private async Task<(string Name, Column Column)[]> BeginAsync(CoreSlice slice, FeatureBlock block)
    {
        if (_open.HasColumns)
        {
            await _open.SendAsync().ConfigureAwait(false);
        }

        _open.Slice = slice;
        _errors.Add(block, _rows);
        return Headers.Columns(_plan, block);
    }

    private async Task AddChunkAsync(string name, Column column, FinishedChunk chunk)
    {
        var envelope = ChunkTagBytes + ColumnChunks.EnvelopeBytes(name) + DescriptionTagBytes;
        var described = (int)PlainCodec.Align(chunk.Description.Length);
        for (var sent = 0; ;)
        {
            var left = chunk.Length - sent;
            var room = _open.Room - envelope - described - PlainCodec.Alignment;
            if (room < Math.Min(left, _open.BytesMax / RoomShareMin) && _open.HasColumns)
            {
                await _open.SendAsync().ConfigureAwait(false);
                continue;
            }

            if (room <= 0)
            {
                throw TextTooLong(name, chunk.Description.Length);
            }

            var length = Math.Min(room, left);
            var piece = new ColumnChunk
            {
                Column = name,
                Type = ColumnChunks.TypeOf(column.Type),
                Encoding = (Encoding)_finished!.Value,
                FirstRow = checked((uint)_rows),
                Values = _open.Put(chunk.Bytes.Slice(sent, length)),
            };
            sent += length;
            _open.Add(piece, envelope);
            if (sent == chunk.Length)
            {
                piece.Rows = (uint)column.Length;
                piece.NullCount = (uint)column.NullCount;
                piece.Description = _open.Put(chunk.Description);
                return;
            }
        }
    }

    /// <summary>Fewer rows where the columns that tell them apart would not fit one message.</summary>
    private int RowsOfRun((string Name, Column Column)[] columns, int first, int rows)
    {
        while (rows > 1 && columns.Take(Headers.RowColumns).Sum(
            c => PlainCodec.Size(c.Column, first, rows) + ChunkTagBytes + ColumnChunks.EnvelopeBytes(c.Name)) > _open.BytesMax)
        {
            rows /= 2;
        }

        return rows;
    }
}
