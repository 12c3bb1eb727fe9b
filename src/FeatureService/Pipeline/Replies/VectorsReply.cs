using System.Buffers;
using FeatureService.Contracts.V1;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;
using FeatureService.Core.Columns.Wire;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using Google.Protobuf;

namespace FeatureService.Pipeline.Replies;

/// <summary>
/// An answer of GetFeatureVectors in the bytes of the wire, without a message in between: of a small one the messages of its columns
/// would cost more than its values. Disposed once it has been written to the caller.
/// </summary>
public sealed class VectorsReply : IDisposable
{
    private const int PayloadField = 15;

    private readonly int _payloadStart;
    private byte[]? _bytes;
    private int _envelopeLength;

    /// <summary>The buffer has the envelope's room, then the payload.</summary>
    private VectorsReply(int envelopeMax, int payloadMax)
    {
        _payloadStart = envelopeMax;
        _bytes = ArrayPool<byte>.Shared.Rent(envelopeMax + payloadMax);
    }

    /// <summary>Bytes of the message.</summary>
    public int Length => _envelopeLength + PayloadLength;

    /// <summary>Bytes of its payload.</summary>
    public int PayloadLength { get; private set; }

    /// <summary>The answer as the generated code reads it; a copy.</summary>
    /// <exception cref="ObjectDisposedException">It has been written.</exception>
    public GetFeatureVectorsResponse Message
    {
        get
        {
            var bytes = new ArrayBufferWriter<byte>(Length);
            WriteTo(bytes);
            return GetFeatureVectorsResponse.Parser.ParseFrom(bytes.WrittenSpan);
        }
    }

    /// <summary>Encodes a block.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="block">Its rows.</param>
    /// <param name="encodings">Encodings that the caller reads.</param>
    /// <param name="datasetCpu">
    /// For a part of a dataset the CPU time that it took, which is told, and so are cells without a value; null where these fail the answer.
    /// </param>
    /// <param name="bytesMax">The largest answer.</param>
    /// <param name="tooLarge">Refuses a larger one.</param>
    internal static VectorsReply Of(
        Plan plan, FeatureBlock block, EncodingSet encodings, TimeSpan? datasetCpu, long bytesMax, Func<long, long, RequestException> tooLarge)
    {
        var form = ReplyForm.Of(plan);
        var told = Told(plan, block, datasetCpu);
        var toldBytes = told?.CalculateSize() ?? 0;
        var encoder = encodings.IsPlain ? null : new ColumnEncoder(encodings);
        var size = 0L;
        for (var i = 0; i < form.ColumnCount; i++)
        {
            var column = ReplyForm.Column(block, i);
            size += encoder?.Measure(column, 0, block.RowCount) ?? PlainCodec.Size(column, 0, block.RowCount);
        }

        if (size + form.EnvelopeBytes + toldBytes > bytesMax)
        {
            // Texts and padding bring an answer here: all else was added up before computing.
            throw tooLarge(block.RowCount, size + form.EnvelopeBytes + toldBytes);
        }

        var reply = new VectorsReply((int)PlainCodec.Align(form.RoomBytes + toldBytes + ProtoWriter.NumberBytesMax), (int)size);
        reply.Write(form, block, encoder, told);
        return reply;
    }

    /// <summary>Writes the message.</summary>
    /// <param name="target">Where to.</param>
    /// <exception cref="ObjectDisposedException">It has been written.</exception>
    public void WriteTo(IBufferWriter<byte> target)
    {
        ObjectDisposedException.ThrowIf(_bytes is null, this);
        target.Write(_bytes.AsSpan(0, _envelopeLength));
        target.Write(_bytes.AsSpan(_payloadStart, PayloadLength));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _bytes, null) is { } bytes)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>What the answer tells beside its columns; null for nothing.</summary>
    private static GetFeatureVectorsResponse? Told(Plan plan, FeatureBlock block, TimeSpan? datasetCpu)
    {
        if (datasetCpu is not { } cpu)
        {
            CellErrors.ThrowIfAny(block);
            return null;
        }

        var errors = new CellErrors(plan);
        errors.Add(block, 0);
        return new GetFeatureVectorsResponse
        {
            Errors = { errors.Told },
            ErrorCount = (ulong)errors.Count,
            CpuMicros = (ulong)(cpu.Ticks / TimeSpan.TicksPerMicrosecond),
        };
    }

    private void Write(ReplyForm form, FeatureBlock block, ColumnEncoder? encoder, GetFeatureVectorsResponse? told)
    {
        var writer = new ProtoWriter(_bytes.AsSpan(0, _payloadStart));
        writer.Raw(form.Header);
        var payload = _bytes.AsSpan(_payloadStart);
        var position = 0;
        for (var i = 0; i < form.ColumnCount; i++)
        {
            var column = ReplyForm.Column(block, i);
            encoder?.Measure(column, 0, block.RowCount);
            var layout = encoder?.Write(payload, ref position) ?? PlainCodec.Encode(column, 0, block.RowCount, payload, ref position);
            form.WriteChunk(ref writer, i, column.Type, layout);
        }

        if (told is not null)
        {
            writer.Raw(told.ToByteArray());
        }

        if (position > 0)
        {
            writer.Length(PayloadField, position);
        }

        (_envelopeLength, PayloadLength) = (writer.Position, position);
    }
}
