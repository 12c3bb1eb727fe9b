using System.Globalization;
using System.IO.Hashing;
using FeatureService.Contracts.V1;
using FeatureService.Core.Columns;
using Google.Protobuf;
using Grpc.Core;
using Column = FeatureService.Core.Columns.Column;
using SliceId = FeatureService.Core.Keys.SliceId;

namespace FeatureService.Client.Tests.Fake;

/// <summary>The messages of one slice, cut as a script says.</summary>
public static class FakeMessages
{
    public static readonly (string Name, Contracts.V1.ColumnType Type, ColumnRole Role)[] Names =
    [
        ("user_id", Contracts.V1.ColumnType.Int64, ColumnRole.Entity),
        ("week", Contracts.V1.ColumnType.Date, ColumnRole.Week),
        ("amount", Contracts.V1.ColumnType.Float32, ColumnRole.Feature),
        ("total", Contracts.V1.ColumnType.Int64, ColumnRole.Feature),
        ("city", Contracts.V1.ColumnType.String, ColumnRole.Label),
        ("row_status", Contracts.V1.ColumnType.String, ColumnRole.RowStatus),
    ];

    public static IEnumerable<ColumnHeader> Headers() => Names.Select(n => new ColumnHeader
    {
        Name = n.Name,
        Type = n.Type,
        Role = n.Role,
        Fingerprint = n.Role is ColumnRole.Feature or ColumnRole.Label ? $"fp-{n.Name}" : "",
    });

    /// <summary>Runs of so many rows of every column, column by column, each a message; the last one ends the slice.</summary>
    public static List<BackfillResponse> OfSlice(SliceId slice, Column[] columns, int rowsPerMessage, byte[] cursor, bool last)
    {
        var messages = new List<BackfillResponse>();
        var hash = new XxHash3();
        var rows = columns[0].Length;
        for (var column = 0; column < columns.Length; column++)
        {
            for (var first = 0; first < rows; first += rowsPerMessage)
            {
                messages.Add(Message(slice, column, columns[column], first, Math.Min(rowsPerMessage, rows - first), hash));
            }
        }

        if (messages.Count == 0)
        {
            messages.Add(new BackfillResponse { Slice = new Contracts.V1.SliceId { Partition = slice.Partition, Slice = slice.Slice } });
        }

        messages[^1].SliceEnd = new SliceEnd
        {
            Rows = (ulong)rows,
            Checksum = hash.GetCurrentHashAsUInt64(),
            Cursor = ByteString.CopyFrom(cursor),
            Last = last,
        };
        return messages;
    }

    /// <summary>The answer to a list.</summary>
    public static GetFeatureVectorsResponse OfList(FakeGrid grid, GetFeatureVectorsRequest request)
    {
        long[] keys = [.. request.List.Keys.Int64Keys];
        int[] days = [.. request.List.Weeks.Select(week => FakeGrid.FirstDay(DateOnly.Parse(week, CultureInfo.InvariantCulture)))];
        var columns = FakeGrid.Columns(keys, days);
        var payload = new byte[columns.Sum(column => PlainCodec.Size(column, 0, keys.Length))];
        var answer = new GetFeatureVectorsResponse { Header = Header(grid) };
        var position = 0;
        for (var i = 0; i < columns.Length; i++)
        {
            answer.Columns.Add(Chunk(i, 0, keys.Length, PlainCodec.Encode(columns[i], 0, keys.Length, payload, ref position)));
        }

        answer.Payload = UnsafeByteOperations.UnsafeWrap(payload);
        int[] bad = [.. Enumerable.Range(0, keys.Length).Where(row => grid.HasOverflowed(keys[row], days[row]))];
        answer.ErrorCount = (ulong)bad.Length;
        answer.Errors.AddRange(bad.Take(100).Select(row => new CellError
        {
            Column = "total",
            Entity = keys[row].ToString(CultureInfo.InvariantCulture),
            Week = request.List.Weeks[row],
            Message = "overflow",
            Row = (uint)row,
        }));
        return answer;
    }

    /// <summary>The slices of a request in order, each with its keys.</summary>
    public static List<(SliceId Slice, IReadOnlyList<long> Keys)> Slices(FakeGrid grid, Grid request)
    {
        if (request.EntitiesCase == Grid.EntitiesOneofCase.Keys)
        {
            return [.. request.Keys.Int64Keys.GroupBy(k => grid.Placement.SliceOf(Core.Keys.EntityKey.HashOf(k))).OrderBy(g => g.Key)
                .Select(g => (g.Key, (IReadOnlyList<long>)[.. g.Order()]))];
        }

        var run = request.Slices;
        return [.. Enumerable.Range(run.FirstSlice, run.SliceCount).Select(s => new SliceId(run.Partition, s)).Select(s => (s, grid.Keys(s)))];
    }

    /// <summary>A view that is good for the grid's snapshot.</summary>
    public static ValidateResponse OfView(FakeGrid grid, ValidateRequest request)
    {
        var id = request.Snapshot?.Id is { Length: > 0 } asked ? asked : grid.SnapshotId;
        return id == grid.SnapshotId
            ? new ValidateResponse
            {
                Name = "team/fake",
                ViewVersion = grid.ViewVersion,
                Definition = request.View.HasDefinition ? request.View.Definition : "view: fake",
                SnapshotId = id,
                Columns = { Headers().Where(h => h.Fingerprint.Length > 0) },
            }
            : throw new RpcException(new Status(StatusCode.FailedPrecondition, $"snapshot {id} is not loaded"));
    }

    /// <summary>What holds the grid.</summary>
    public static GetTopologyResponse OfTopology(FakeGrid grid)
    {
        var snapshot = new SnapshotTopology
        {
            Name = "default",
            Id = grid.SnapshotId,
            EntityName = "user_id",
            EntityType = Contracts.V1.ColumnType.Int64,
            TimeZone = grid.Zone.Id,
            ZoneRules = new ZoneRules { StartsMicros = { grid.Zone.Starts }, OffsetSeconds = { grid.Zone.OffsetSeconds } },
            WeekStart = 1,
            Partitions = grid.Placement.Partitions,
            SlicesPerPartition = grid.Placement.SlicesPerPartition,
            KeyHash = "xxh3-64",
        };
        for (var partition = 0; partition < grid.Placement.Partitions; partition++)
        {
            for (var slice = 0; slice < grid.Placement.SlicesPerPartition; slice++)
            {
                snapshot.SliceEntities.Add((uint)grid.Keys(new SliceId(partition, slice)).Count);
            }
        }

        return new GetTopologyResponse
        {
            EngineVersion = 1,
            Snapshots = { snapshot },
            Limits = new Limits { BackfillsInFlight = grid.BackfillsInFlight },
        };
    }

    /// <summary>The answer to a minibatch, in messages of so many rows.</summary>
    public static List<StreamFeatureVectorsResponse> OfMinibatch(FakeGrid grid, Minibatch minibatch, int rowsPerMessage)
    {
        long[] keys = [.. minibatch.List.Keys.Int64Keys];
        int[] days = [.. minibatch.List.Weeks.Select(week => FakeGrid.FirstDay(DateOnly.Parse(week, CultureInfo.InvariantCulture)))];
        var columns = FakeGrid.Columns(keys, days);
        var messages = new List<StreamFeatureVectorsResponse>();
        for (var first = 0; first < keys.Length; first += rowsPerMessage)
        {
            var rows = Math.Min(rowsPerMessage, keys.Length - first);
            var payload = new byte[columns.Sum(column => PlainCodec.Size(column, first, rows))];
            var message = new StreamFeatureVectorsResponse { Id = minibatch.Id, Last = first + rows == keys.Length };
            var position = 0;
            for (var i = 0; i < columns.Length; i++)
            {
                message.Columns.Add(Chunk(i, first, rows, PlainCodec.Encode(columns[i], first, rows, payload, ref position)));
            }

            message.Payload = UnsafeByteOperations.UnsafeWrap(payload);
            messages.Add(message);
        }

        return messages;
    }

    /// <summary>What every answer says of itself.</summary>
    public static ResponseHeader Header(FakeGrid grid) => new()
    {
        SnapshotId = grid.SnapshotId,
        ViewVersion = grid.ViewVersion,
        EngineVersion = 1,
        Columns = { Headers() },
    };

    private static BackfillResponse Message(SliceId slice, int index, Column column, int first, int rows, XxHash3 hash)
    {
        var payload = new byte[PlainCodec.Size(column, first, rows)];
        var position = 0;
        var layout = PlainCodec.Encode(column, first, rows, payload, ref position);
        hash.Append(payload);
        var message = new BackfillResponse
        {
            Slice = new Contracts.V1.SliceId { Partition = slice.Partition, Slice = slice.Slice },
            Payload = UnsafeByteOperations.UnsafeWrap(payload),
        };
        message.Columns.Add(Chunk(index, first, rows, layout));
        return message;
    }

    private static ColumnChunk Chunk(int index, int first, int rows, ChunkLayout layout) => new()
    {
        Column = Names[index].Name,
        Type = Names[index].Type,
        Encoding = Encoding.Plain,
        FirstRow = (uint)first,
        Rows = (uint)rows,
        NullCount = (uint)layout.NullCount,
        Validity = Range(layout.Validity),
        Values = Range(layout.Values),
        Offsets = Range(layout.Offsets),
    };

    private static ByteRange? Range(ByteRun? run) => run is { } r ? new ByteRange { Offset = (uint)r.Offset, Length = (uint)r.Length } : null;
}
