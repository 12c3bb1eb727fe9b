using System.Buffers.Binary;
using System.IO.Hashing;
using FeatureService.Contracts.V1;
using Grpc.Core;

namespace FeatureService.Tests.Support;

/// <summary>One slice as a stream brought it.</summary>
internal sealed record ReceivedSlice(SliceId Slice, IReadOnlyList<BackfillResponse> Messages, SliceEnd End)
{
    /// <summary>XXH3-64 of the payloads, one after the other.</summary>
    public ulong Checksum
    {
        get
        {
            var hash = new XxHash3();
            foreach (var message in Messages)
            {
                hash.Append(message.Payload.Span);
            }

            return hash.GetCurrentHashAsUInt64();
        }
    }

    /// <summary>The values of every column, row by row; each chunk must go on where the one before ended.</summary>
    public Dictionary<string, List<object?>> Values()
    {
        var values = new Dictionary<string, List<object?>>();
        foreach (var message in Messages)
        {
            foreach (var chunk in message.Columns)
            {
                if (!values.TryGetValue(chunk.Column, out var column))
                {
                    values.Add(chunk.Column, column = []);
                }

                Assert.Equal(column.Count, (int)chunk.FirstRow);
                column.AddRange(Received.Values(chunk, message.Payload.Span));
            }
        }

        return values;
    }
}

/// <summary>Reads answers by hand, from the contract's words alone: offsets into the payload, little-endian, LSB first.</summary>
internal static class Received
{
    public static async Task<List<ReceivedSlice>> SlicesAsync(AsyncServerStreamingCall<BackfillResponse> call, int slicesMax = int.MaxValue)
    {
        var slices = new List<ReceivedSlice>();
        var messages = new List<BackfillResponse>();
        while (slices.Count < slicesMax && await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
        {
            var message = call.ResponseStream.Current;
            if (message.Slice is null)
            {
                Assert.Empty(message.Columns);
                continue;
            }

            messages.Add(message);
            if (message.SliceEnd is { } end)
            {
                slices.Add(new ReceivedSlice(message.Slice, [.. messages], end));
                messages.Clear();
            }
        }

        Assert.Empty(messages);
        return slices;
    }

    public static List<object?> Values(ColumnChunk chunk, ReadOnlySpan<byte> payload)
    {
        Assert.Equal(Contracts.V1.Encoding.Plain, chunk.Encoding);
        var rows = (int)chunk.Rows;
        var values = new List<object?>(rows);
        var nulls = 0U;
        for (var i = 0; i < rows; i++)
        {
            var isValid = chunk.Validity is null || (payload[(int)chunk.Validity.Offset + (i / 8)] >> (i % 8) & 1) == 1;
            nulls += isValid ? 0U : 1;
            values.Add(isValid ? Value(chunk, payload, i) : null);
        }

        Assert.Equal(chunk.NullCount, nulls);
        return values;
    }

    private static object Value(ColumnChunk chunk, ReadOnlySpan<byte> payload, int row)
    {
        var values = payload.Slice((int)chunk.Values.Offset, (int)chunk.Values.Length);
        switch (chunk.Type)
        {
            case ColumnType.Bool:
                return values[row] == 1;
            case ColumnType.Int64 or ColumnType.Timestamp:
                return BinaryPrimitives.ReadInt64LittleEndian(values[(row * 8)..]);
            case ColumnType.Float64:
                return BinaryPrimitives.ReadDoubleLittleEndian(values[(row * 8)..]);
            case ColumnType.Float32:
                return BinaryPrimitives.ReadSingleLittleEndian(values[(row * 4)..]);
            case ColumnType.Date:
                return BinaryPrimitives.ReadInt32LittleEndian(values[(row * 4)..]);
            default:
                var offsets = payload[(int)chunk.Offsets.Offset..];
                var start = BinaryPrimitives.ReadInt32LittleEndian(offsets[(row * 4)..]);
                return System.Text.Encoding.UTF8.GetString(values[start..BinaryPrimitives.ReadInt32LittleEndian(offsets[((row + 1) * 4)..])]);
        }
    }
}
