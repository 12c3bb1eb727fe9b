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
        var rows = (int)chunk.Rows;
        var values = new List<object?>(rows);
        var nulls = 0U;
        for (var i = 0; i < rows; i++)
        {
            var isValid = chunk.Validity is null
                ? chunk.Encoding == Encoding.Plain || chunk.NullCount < chunk.Rows
                : (payload[(int)chunk.Validity.Offset + (i / 8)] >> (i % 8) & 1) == 1;
            nulls += isValid ? 0U : 1;
            values.Add(isValid ? ReceivedValue.Of(chunk, payload, i) : null);
        }

        Assert.Equal(chunk.NullCount, nulls);
        return values;
    }
}
