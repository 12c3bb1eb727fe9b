using System.IO.Hashing;
using FeatureService.Contracts.V1;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
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

    private readonly Plan _plan;
    private readonly ColumnEncoder _encoder;
    private readonly MessageWriter<BackfillResponse> _writer;
    private readonly int _budget;
    private readonly XxHash3 _checksum = new();
    private readonly CellErrors _errors;
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
    /// <param name="bytesMax">Largest message.</param>
    /// <param name="cancellation">Ends the stream.</param>
    public SliceMessages(Plan plan, EncodingSet encodings, MessageWriter<BackfillResponse> writer, int bytesMax, CancellationToken cancellation)
    {
        _plan = plan;
        _encoder = new ColumnEncoder(encodings);
        _errors = new CellErrors(plan);
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

    /// <summary>Sends the rows of a block as the next of a slice.</summary>
    public async Task AddAsync(CoreSlice slice, FeatureBlock block)
    {
        _slice = slice;
        _errors.Add(block, _rows);
        var columns = Headers.Columns(_plan, block);
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
            await _writer.WriteAsync(new BackfillResponse { Header = _header }, 0, _cancellation).ConfigureAwait(false);
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
            _checksum.Append(_writer.Payload[.._position]);
            await SendAsync().ConfigureAwait(false);
        }

        var layout = _encoder.Write(_writer.Payload, ref _position);
        _open.Columns.Add(ColumnChunks.Of(name, column.Type, _rows + first, layout));
        _envelope += envelope;
    }

    private async Task SendAsync()
    {
        _open.Header = _header;
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
