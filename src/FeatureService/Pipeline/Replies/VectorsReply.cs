using System.Buffers;
using FeatureService.Contracts.V1;
using FeatureService.Core.Columns.Encodings;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using Google.Protobuf;

namespace FeatureService.Pipeline.Replies;

/// <summary>An answer of GetFeatureVectors over a pooled payload. Disposed once it has been written to the caller.</summary>
public sealed class VectorsReply : IDisposable
{
    private byte[]? _payload;

    private VectorsReply(byte[] payload, GetFeatureVectorsResponse message)
    {
        _payload = payload;
        Message = message;
    }

    /// <summary>The answer; its payload lives until <see cref="Dispose"/>.</summary>
    public GetFeatureVectorsResponse Message { get; }

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
        var message = new GetFeatureVectorsResponse { Header = Headers.Of(plan) };
        if (datasetCpu is { } cpu)
        {
            AddErrors(message, plan, block);
            message.CpuMicros = (ulong)(cpu.Ticks / TimeSpan.TicksPerMicrosecond);
        }
        else
        {
            CellErrors.ThrowIfAny(block);
        }

        var columns = Headers.Columns(plan, block);
        var encoder = new ColumnEncoder(encodings);
        var size = columns.Sum(c => encoder.Measure(c.Column, 0, block.RowCount));
        var envelope = message.CalculateSize() + columns.Sum(c => ColumnChunks.EnvelopeBytes(c.Name));
        if (size + envelope > bytesMax)
        {
            // Texts and padding bring an answer here: all else was added up before computing.
            throw tooLarge(block.RowCount, size + envelope);
        }

        var payload = ArrayPool<byte>.Shared.Rent((int)size);
        var position = 0;
        foreach (var (name, column) in columns)
        {
            encoder.Measure(column, 0, block.RowCount);
            var layout = encoder.Write(payload, ref position);
            message.Columns.Add(ColumnChunks.Of(name, column.Type, 0, layout));
        }

        message.Payload = UnsafeByteOperations.UnsafeWrap(payload.AsMemory(0, position));
        return new VectorsReply(payload, message);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _payload, null) is { } payload)
        {
            Message.Payload = ByteString.Empty;
            ArrayPool<byte>.Shared.Return(payload);
        }
    }

    private static void AddErrors(GetFeatureVectorsResponse message, Plan plan, FeatureBlock block)
    {
        var errors = new CellErrors(plan);
        errors.Add(block, 0);
        message.Errors.AddRange(errors.Told);
        message.ErrorCount = (ulong)errors.Count;
    }
}
