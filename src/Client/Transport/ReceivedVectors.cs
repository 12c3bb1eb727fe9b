using System.Buffers;
using FeatureService.Contracts.V1;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;
using FeatureService.Core.Columns.Wire;
using Google.Protobuf;

namespace FeatureService.Client.Transport;

/// <summary>An answer of GetFeatureVectors as its bytes came. Columns lie where they are in them.</summary>
internal sealed class ReceivedVectors
{
    private const int HeaderField = 1;
    private const int ErrorsField = 3;
    private const int ErrorCountField = 4;
    private const int CpuMicrosField = 5;
    private const int PayloadField = 15;

    private readonly byte[] _message;

    /// <summary>Takes a message.</summary>
    /// <param name="message">Its bytes; they are copied.</param>
    public ReceivedVectors(ReadOnlySequence<byte> message)
    {
        _message = GC.AllocateUninitializedArray<byte>((int)message.Length);
        message.CopyTo(_message);
    }

    /// <summary>The vectors.</summary>
    /// <param name="offered">The encodings that the request listed.</param>
    /// <exception cref="InvalidDataException">The answer is not whole, or a chunk is malformed.</exception>
    public FeatureVectors Read(EncodingSet offered)
    {
        ReceivedHeader? header = null;
        ReadOnlyMemory<byte> payload = default;
        var reader = new ProtoReader(_message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case HeaderField:
                    header = ReceivedHeader.Of(reader.Bytes);
                    break;
                case PayloadField:
                    payload = _message.AsMemory(reader.Position - reader.Bytes.Length, reader.Bytes.Length);
                    break;
            }
        }

        return ReadColumns(header ?? throw new InvalidDataException("it has no header"), payload, offered);
    }

    /// <summary>What an answer to a part of a dataset tells of its cells without a value, and of the time that it took.</summary>
    /// <exception cref="InvalidDataException">It is malformed.</exception>
    public (IReadOnlyList<CellError> Errors, ulong ErrorCount, TimeSpan Cpu) ReadTold()
    {
        var (errors, count, cpu) = (new List<CellError>(), 0UL, TimeSpan.Zero);
        var reader = new ProtoReader(_message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case ErrorsField:
                    errors.Add(ParseError(reader.Bytes));
                    break;
                case ErrorCountField:
                    count = reader.Number;
                    break;
                case CpuMicrosField:
                    cpu = TimeSpan.FromMicroseconds(reader.Number);
                    break;
            }
        }

        return (errors, count, cpu);
    }

    private FeatureVectors ReadColumns(ReceivedHeader received, ReadOnlyMemory<byte> payload, EncodingSet offered)
    {
        var header = received.Header;
        var columns = new Column[header.Columns.Count];
        var next = 0;
        var reader = new ProtoReader(_message);
        while (reader.Next())
        {
            if (reader.Field != ChunkMessage.Field)
            {
                continue;
            }

            var chunk = ChunkMessage.Read(reader.Bytes);
            var index = received.IndexOf(chunk.Name, next);
            if (index < 0 || columns[index] is not null || chunk.FirstRow != 0)
            {
                throw new InvalidDataException($"a chunk of column '{System.Text.Encoding.UTF8.GetString(chunk.Name)}' that was not expected");
            }

            columns[index] = Wire.Decode((Contracts.V1.ColumnType)chunk.Type, chunk.Layout, header.Columns[index], offered, payload);
            next = index + 1;
        }

        return Wire.Whole(header, columns);
    }

    private static CellError ParseError(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return CellError.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new InvalidDataException($"a cell error cannot be read: {exception.Message}", exception);
        }
    }
}
