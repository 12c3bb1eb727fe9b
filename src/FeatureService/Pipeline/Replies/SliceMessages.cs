using System.IO.Hashing;
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
    /// <summary>
    /// Rows of a run, a multiple of 64 so that bitmaps are copied by bytes. Eight float32 columns of it fill a message of 1 MiB.
    /// </summary>
    private const int RunRows = 30 * 1024;

    /// <summary>Frame, slice, payload tag, and the tag and length of each chunk's message.</summary>
    private const int EnvelopeBytes = 128;
    private const int ChunkTagBytes = 8;

    /// <summary>Tag, length, offset and length of a finished chunk's description.</summary>
    private const int DescriptionTagBytes = 16;

    /// <summary>Where a message has less room than this share of its bytes, a finished chunk begins in the next.</summary>
    private const int RoomShareMin = 16;

    private readonly Plan _plan;
    private readonly ColumnEncoder _encoder;
    private readonly MessageWriter<BackfillResponse> _writer;
    private readonly int _budget;
    private readonly XxHash3 _checksum = new();
    private readonly CellErrors _errors;
    private readonly SliceHashes? _hashes;
    private readonly FinishedForm? _finished;
    private readonly CancellationToken _cancellation;
    private ResponseHeader? _header;
    private BackfillResponse _open = new();
    private CoreSlice _slice;
    private int _position;
    private int _envelope;
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
        _writer = writer;
        _cancellation = cancellation;
        _header = Headers.Of(plan);
        // Every message leaves room for a header, so that where it is does not move the cut.
        _budget = bytesMax - EnvelopeBytes - _header.CalculateSize();
        if (_budget < bytesMax / 2)
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
        _slice = slice;
        _checksum.Append(_writer.Payload[.._position]);
        var end = new SliceEnd
        {
            Rows = (ulong)_rows,
            Checksum = _checksum.GetCurrentHashAsUInt64(),
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

        if (_position + _envelope + end.CalculateSize() > _budget)
        {
            await SendAsync().ConfigureAwait(false);
        }

        _open.SliceEnd = end;
        await SendAsync().ConfigureAwait(false);
        StartSlice();
    }

    /// <summary>Waits until everything is on its way; sends the header alone where there was nothing else.</summary>
    public async Task EndAsync()
    {
        if (_header is not null)
        {
            await _writer.WriteAsync(new BackfillResponse { Header = _header, Finished = _finished is not null }, 0, _cancellation).ConfigureAwait(false);
            _header = null;
        }

        await _writer.FlushAsync(_cancellation).ConfigureAwait(false);
    }

    /// <summary>Refuses a text that no message holds.</summary>
    /// <param name="column">Name of its column.</param>
    /// <param name="size">Bytes that it takes.</param>
    public static RequestException TextTooLong(string column, long size) =>
        new(FailureKind.OutOfRange, $"a text of column '{column}' takes {size} bytes, which no message of the stream holds")
        {
            Reason = "TEXT_TOO_LONG",
        };

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    private void StartSlice()
    {
        _checksum.Reset();
        _errors.Clear();
        _rows = 0;
    }

    private async Task AddRunAsync(string name, Column column, int first, int rows)
    {
        var envelope = ChunkTagBytes + ColumnChunks.EnvelopeBytes(name);
        var size = _encoder.Measure(column, first, rows) + envelope;
        if (size > _budget)
        {
            if (rows == 1)
            {
                throw TextTooLong(name, size);
            }

            await AddRunAsync(name, column, first, rows / 2).ConfigureAwait(false);
            await AddRunAsync(name, column, first + (rows / 2), rows - (rows / 2)).ConfigureAwait(false);
            return;
        }

        if (_position + _envelope + size > _budget)
        {
            await CloseAsync().ConfigureAwait(false);
        }

        var layout = _encoder.Write(_writer.Payload, ref _position);
        _open.Columns.Add(ColumnChunks.Of(name, column.Type, _rows + first, layout));
        _envelope += envelope;
    }

    private async Task<(string Name, Column Column)[]> BeginAsync(CoreSlice slice, FeatureBlock block)
    {
        if (_open.Columns.Count > 0)
        {
            await CloseAsync().ConfigureAwait(false);
        }

        _slice = slice;
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
            var room = _budget - _position - _envelope - envelope - described - PlainCodec.Alignment;
            if (room < Math.Min(left, _budget / RoomShareMin) && _open.Columns.Count > 0)
            {
                await CloseAsync().ConfigureAwait(false);
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
                Values = Put(chunk.Bytes.Slice(sent, length)),
            };
            sent += length;
            _open.Columns.Add(piece);
            _envelope += envelope;
            if (sent == chunk.Length)
            {
                piece.Rows = (uint)column.Length;
                piece.NullCount = (uint)column.NullCount;
                piece.Description = Put(chunk.Description);
                return;
            }
        }
    }

    private ByteRange Put(ReadOnlySpan<byte> bytes)
    {
        var range = new ByteRange { Offset = (uint)_position, Length = (uint)bytes.Length };
        var end = (int)PlainCodec.Align(_position + bytes.Length);
        bytes.CopyTo(_writer.Payload[_position..]);
        _writer.Payload[(_position + bytes.Length)..end].Clear();
        _position = end;
        return range;
    }

    private async Task CloseAsync()
    {
        _checksum.Append(_writer.Payload[.._position]);
        await SendAsync().ConfigureAwait(false);
    }

    private async Task SendAsync()
    {
        _open.Header = _header;
        _open.Finished = _header is not null && _finished is not null;
        _open.Slice = new SliceId { Partition = _slice.Partition, Slice = _slice.Slice };
        await _writer.WriteAsync(_open, _position, _cancellation).ConfigureAwait(false);
        _header = null;
        _open = new BackfillResponse();
        _position = 0;
        _envelope = 0;
    }

    /// <summary>Fewer rows where the columns that tell them apart would not fit one message.</summary>
    private int RowsOfRun((string Name, Column Column)[] columns, int first, int rows)
    {
        while (rows > 1 && columns.Take(Headers.RowColumns).Sum(
            c => PlainCodec.Size(c.Column, first, rows) + ChunkTagBytes + ColumnChunks.EnvelopeBytes(c.Name)) > _budget)
        {
            rows /= 2;
        }

        return rows;
    }
}
