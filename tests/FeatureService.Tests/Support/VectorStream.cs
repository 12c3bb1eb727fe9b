using FeatureService.Contracts.V1;
using Grpc.Core;
using RpcStatus = Google.Rpc.Status;

namespace FeatureService.Tests.Support;

/// <summary>A caller's side of a StreamFeatureVectors, message by message.</summary>
internal sealed class VectorStream(AsyncDuplexStreamingCall<StreamFeatureVectorsRequest, StreamFeatureVectorsResponse> call) : IDisposable
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The stream's header, once a message with columns has come.</summary>
    public ResponseHeader? Header { get; private set; }

    public static StreamFeatureVectorsRequest Selection => new()
    {
        Selection = new StreamSelection { View = Taxi.Selector, Columns = new ColumnSelector { Labels = true } },
    };

    /// <summary>A stream that computes all columns of the taxi view.</summary>
    public static async Task<VectorStream> OpenAsync(TestService service, StreamFeatureVectorsRequest? first = null, DateTime? deadline = null)
    {
        var stream = new VectorStream(service.Vectors.StreamFeatureVectors(deadline: deadline, cancellationToken: Cancellation));
        await stream.SendAsync(first ?? Selection);
        return stream;
    }

    public static StreamFeatureVectorsRequest Minibatch(ulong id, params long[] keys) => new()
    {
        Minibatch = new Minibatch { Id = id, Grid = new Grid { Weeks = Taxi.Weeks(), Keys = Taxi.Keys(keys) } },
    };

    public static StreamFeatureVectorsRequest Listed(ulong id, IEnumerable<(long Key, string Week)> rows)
    {
        var list = new RowList { Keys = new EntityKeys() };
        foreach (var (key, week) in rows)
        {
            list.Keys.Int64Keys.Add(key);
            list.Weeks.Add(week);
        }

        return new StreamFeatureVectorsRequest { Minibatch = new Minibatch { Id = id, List = list } };
    }

    public static RpcStatus StatusOf(IReadOnlyList<StreamFeatureVectorsResponse> answer) => RpcStatus.Parser.ParseFrom(answer[^1].Status);

    /// <summary>The values of every column of an answer; each chunk must go on where the one before ended.</summary>
    public static Dictionary<string, List<object?>> ValuesOf(IReadOnlyList<StreamFeatureVectorsResponse> answer)
    {
        var values = new Dictionary<string, List<object?>>();
        foreach (var message in answer)
        {
            foreach (var chunk in message.Columns)
            {
                var column = values.TryGetValue(chunk.Column, out var known) ? known : values[chunk.Column] = [];
                Assert.Equal(column.Count, (int)chunk.FirstRow);
                column.AddRange(Received.Values(chunk, message.Payload.Span));
            }
        }

        return values;
    }

    public Task SendAsync(StreamFeatureVectorsRequest message) => call.RequestStream.WriteAsync(message, Cancellation);

    public Task EndAsync() => call.RequestStream.CompleteAsync();

    /// <summary>All messages of the next answer; null where the stream has ended.</summary>
    public async Task<List<StreamFeatureVectorsResponse>?> NextAsync()
    {
        var messages = new List<StreamFeatureVectorsResponse>();
        while (await call.ResponseStream.MoveNext(Cancellation))
        {
            var message = call.ResponseStream.Current;
            Assert.True(messages.Count == 0 || messages[0].Id == message.Id, "an id's messages come together");
            Assert.False(message.Header is not null && Header is not null, "a second header");
            Header ??= message.Header;
            messages.Add(message);
            if (message.Last)
            {
                return messages;
            }
        }

        Assert.Empty(messages);
        return null;
    }

    public void Dispose() => call.Dispose();
}
