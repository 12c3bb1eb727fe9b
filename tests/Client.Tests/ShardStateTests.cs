using System.IO.Hashing;
using System.Runtime.InteropServices;
using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Contracts.V1;
using FeatureService.Core.Columns;
using Google.Protobuf;
using Grpc.Core;
using ColumnType = FeatureService.Core.Columns.ColumnType;
using CoreSlice = FeatureService.Core.Keys.SliceId;

namespace FeatureService.Client.Tests;

/// <summary>A slice so large that rows of it are taken before its end: a stream that breaks there is followed by another.</summary>
public sealed class ShardStateTests : IDisposable
{
    /// <summary>As many as make a batch.</summary>
    private const int FirstRows = 1 << 17;
    private const int LastRows = 10;

    private static readonly CoreSlice _slice = new(0, 0);
    private static readonly AnswerHeader _header = new("s", "v", 1, [new DatasetColumn("id", ColumnType.Int64, DatasetColumnRole.Entity, "")]);
    private static readonly FeatureServiceClientOptions _options = new() { Endpoints = ["http://pod"] };

    private readonly FanOutRun _run = new(_options);
    private readonly Receiver _receiver = new();
    private readonly ShardState _state;

    public ShardStateTests() => _state = new ShardState(_receiver, _run, _options.Time);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Rows_that_were_taken_before_are_not_taken_again()
    {
        await AcceptAsync(Message(0, FirstRows));

        await AcceptAsync(Message(0, FirstRows), Message(FirstRows, LastRows));

        Assert.True(_state.IsDone);
        Assert.Equal([(0, FirstRows), (FirstRows, LastRows)], _receiver.Rows);
    }

    [Fact]
    public async Task Rows_that_were_taken_before_and_differ_from_those_of_the_next_stream_are_told()
    {
        var damaged = Message(0, FirstRows);
        var bytes = damaged.Payload.ToByteArray();
        bytes[4_000] ^= 1;
        damaged.Payload = ByteString.CopyFrom(bytes);
        await AcceptAsync(damaged);

        var error = await Assert.ThrowsAsync<FeatureServiceException>(() => AcceptAsync(Message(0, FirstRows), Message(FirstRows, LastRows)));

        Assert.Equal(StatusCode.DataLoss, error.Status);
        Assert.False(Failures.MayPass(error));
        Assert.Contains("slice 0/0", error.Message, StringComparison.Ordinal);
        Assert.False(_state.IsDone);
    }

    /// <summary>What one stream brings of the slice; its end where all rows are there.</summary>
    private async Task AcceptAsync(params BackfillResponse[] messages)
    {
        var slice = new ReceivedSlice(_header, _slice, null);
        var hash = new XxHash3();
        foreach (var message in messages)
        {
            hash.Append(message.Payload.Span);
            if (message == messages[^1] && messages.Length > 1)
            {
                message.SliceEnd = new SliceEnd { Rows = FirstRows + LastRows, Checksum = hash.GetCurrentHashAsUInt64(), Last = true };
            }

            slice.Add(message, _slice);
        }

        await _state.AcceptAsync(slice, "pod", Stop);
    }

    private static BackfillResponse Message(int first, int rows)
    {
        var column = new Column
        {
            Type = ColumnType.Int64,
            Length = rows,
            Data = MemoryMarshal.AsBytes<long>([.. Enumerable.Range(first, rows).Select(row => (long)row)]).ToArray(),
        };
        var payload = new byte[PlainCodec.Size(column, 0, rows)];
        var position = 0;
        var values = PlainCodec.Encode(column, 0, rows, payload, ref position).Values;
        return new BackfillResponse
        {
            Payload = ByteString.CopyFrom(payload),
            Columns =
            {
                new ColumnChunk
                {
                    Column = "id",
                    Type = Contracts.V1.ColumnType.Int64,
                    Encoding = Encoding.Plain,
                    FirstRow = (uint)first,
                    Rows = (uint)rows,
                    Values = new ByteRange { Offset = (uint)values.Offset, Length = (uint)values.Length },
                },
            },
        };
    }

    private sealed class Receiver : IShardReceiver
    {
        public List<(int First, int Count)> Rows { get; } = [];

        public ValueTask AcceptAsync(FeatureBatch batch, CancellationToken cancellation)
        {
            Rows.Add(((int)batch.FirstRow, batch.RowCount));
            return ValueTask.CompletedTask;
        }

        public void AcceptErrors(IReadOnlyList<DatasetCellError> errors, ulong count)
        {
        }

        public void AcceptCost(SliceCost cost)
        {
        }
    }
}
