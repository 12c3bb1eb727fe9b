using FeatureService.Contracts.V1;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using Google.Protobuf;

namespace FeatureService.Pipeline.Replies;

/// <summary>Answers minibatches: each message has a run of a minibatch's rows, every column of them.</summary>
internal sealed class MinibatchMessages : IDisposable
{
    /// <summary>Frame, id, payload tag, and the tag and length of each chunk's message.</summary>
    private const int EnvelopeBytes = 128;
    private const int ChunkTagBytes = 8;

    /// <summary>Part of a message that a part's rows aim at: the rest is for what is not known before, validity and texts.</summary>
    private const double Aim = 0.85;

    private readonly Plan _plan;
    private readonly MessageWriter<StreamFeatureVectorsResponse> _writer;
    private readonly ColumnEncoder _encoder;
    private readonly CancellationToken _cancellation;
    private readonly int _budget;
    private ResponseHeader? _header;

    /// <summary>Messages of one stream.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="encodings">Encodings that the caller reads.</param>
    /// <param name="writer">Where messages go.</param>
    /// <param name="bytesMax">Largest message.</param>
    /// <param name="cancellation">Ends the stream.</param>
    /// <exception cref="RequestException">So many columns leave no room for values.</exception>
    public MinibatchMessages(
        Plan plan, EncodingSet encodings, MessageWriter<StreamFeatureVectorsResponse> writer, int bytesMax, CancellationToken cancellation)
    {
        (_plan, _writer, _cancellation) = (plan, writer, cancellation);
        _encoder = new ColumnEncoder(encodings);
        _header = Headers.Of(plan);
        _budget = bytesMax - EnvelopeBytes - _header.CalculateSize()
            - _header.Columns.Sum(c => ChunkTagBytes + ColumnChunks.EnvelopeBytes(c.Name));
        if (_budget < bytesMax / 4)
        {
            throw RequestException.Invalid(
                "selection.columns.names", $"what surrounds {plan.Columns.Count} columns takes three quarters of a message: ask for fewer columns");
        }
    }

    /// <summary>Rows that are worth computing together, as a message has room for about as many.</summary>
    /// <param name="rowBytes">What one takes at least.</param>
    public int RowsOfPart(long rowBytes) => (int)Math.Clamp((long)(_budget * Aim) / rowBytes, 1, 1 << 16);

    /// <summary>Sends the rows of a block as the next of a minibatch.</summary>
    /// <param name="id">The minibatch.</param>
    /// <param name="firstRow">Number in it of the block's first row.</param>
    /// <param name="block">The rows.</param>
    /// <param name="endsMinibatch">Called before the last message is sent; null where the block is not the last of the minibatch.</param>
    /// <exception cref="RequestException">A cell has no value, a text is too long for a message, or the caller does not read.</exception>
    public async Task AddAsync(ulong id, int firstRow, FeatureBlock block, Action? endsMinibatch)
    {
        CellErrors.ThrowIfAny(block);
        var columns = Headers.Columns(_plan, block);
        for (var first = 0; first < block.RowCount;)
        {
            var rows = RowsThatFit(columns, first, block.RowCount - first);
            var isLast = endsMinibatch is not null && first + rows == block.RowCount;
            var message = new StreamFeatureVectorsResponse { Id = id, Header = _header, Last = isLast };
            _header = null;
            var position = 0;
            foreach (var (name, column) in columns)
            {
                _encoder.Measure(column, first, rows);
                var layout = _encoder.Write(_writer.Payload, ref position);
                message.Columns.Add(ColumnChunks.Of(name, column.Type, firstRow + first, layout));
            }

            if (isLast)
            {
                endsMinibatch!();
            }

            await _writer.WriteAsync(message, position, _cancellation).ConfigureAwait(false);
            first += rows;
        }
    }

    /// <summary>Tells that a minibatch has failed.</summary>
    /// <param name="id">The minibatch.</param>
    /// <param name="status">Why: the bytes of a <c>google.rpc.Status</c>.</param>
    public Task FailAsync(ulong id, ByteString status) =>
        _writer.WriteAsync(new StreamFeatureVectorsResponse { Id = id, Status = status, Last = true }, 0, _cancellation);

    /// <summary>Waits until everything is on its way.</summary>
    /// <exception cref="RequestException">The caller does not read.</exception>
    public Task FlushAsync() => _writer.FlushAsync(_cancellation);

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    private int RowsThatFit((string Name, Column Column)[] columns, int first, int rows)
    {
        while (columns.Sum(c => _encoder.Measure(c.Column, first, rows)) > _budget)
        {
            if (rows == 1)
            {
                var (name, size) = columns.Select(c => (c.Name, Size: _encoder.Measure(c.Column, first, 1))).MaxBy(c => c.Size);
                throw SliceMessages.TextTooLong(name, size);
            }

            rows = (rows + 1) / 2;
        }

        return rows;
    }
}
