using FeatureService.Contracts.V1;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using ColumnType = FeatureService.Core.Columns.ColumnType;

namespace FeatureService.Client.Transport;

/// <summary>Between the client's records and the messages of the wire.</summary>
internal static class Wire
{
    /// <summary>Which view.</summary>
    public static ViewSelector Selector(ViewReference view) =>
        view.Name is { } name ? new ViewSelector { Name = name } : new ViewSelector { Definition = view.Definition };

    /// <summary>Which snapshot.</summary>
    public static SnapshotSelector Selector(SnapshotReference snapshot) => new() { Name = snapshot.Name ?? "", Id = snapshot.Id ?? "" };

    /// <summary>Which columns.</summary>
    public static ColumnSelector Selector(IReadOnlyList<string> columns, bool labels)
    {
        var selector = new ColumnSelector { Labels = labels };
        selector.Names.AddRange(columns);
        return selector;
    }

    /// <summary>Keys of entities.</summary>
    public static Contracts.V1.EntityKeys Keys(IEnumerable<EntityKey> keys)
    {
        var message = new Contracts.V1.EntityKeys();
        foreach (var key in keys)
        {
            if (key.Type == EntityKeyType.Int64)
            {
                message.Int64Keys.Add(key.Number);
            }
            else
            {
                message.StringKeys.Add(key.ToString());
            }
        }

        return message;
    }

    /// <summary>Weeks.</summary>
    public static WeekRange Weeks(WeekSpan weeks) => new() { First = weeks.First, Last = weeks.Last, Step = weeks.Step };

    /// <summary>The header of an answer.</summary>
    public static AnswerHeader Header(ResponseHeader header) =>
        new(header.SnapshotId, header.ViewVersion, header.EngineVersion, [.. header.Columns.Select(Column)]);

    /// <summary>One column of a header.</summary>
    public static DatasetColumn Column(ColumnHeader column) =>
        new(column.Name, (ColumnType)column.Type, Role(column.Role), column.Fingerprint);

    /// <summary>The values of a chunk over the payload's own bytes.</summary>
    /// <exception cref="InvalidDataException">The chunk is none of the column, or its parts do not fit the payload.</exception>
    public static Column Decode(ColumnChunk chunk, DatasetColumn column, ReadOnlyMemory<byte> payload)
    {
        if ((ColumnType)chunk.Type != column.Type)
        {
            throw new InvalidDataException($"column {column.Name}: a chunk of {(ColumnType)chunk.Type}, expected {column.Type}");
        }

        if (chunk.Encoding != Encoding.Plain)
        {
            throw new InvalidDataException($"column {column.Name}: encoding {chunk.Encoding} was not offered");
        }

        var layout = new ChunkLayout
        {
            Rows = chunk.Rows,
            NullCount = chunk.NullCount,
            Validity = Run(chunk.Validity),
            Values = Run(chunk.Values) ?? default,
            Offsets = Run(chunk.Offsets),
        };
        return PlainCodec.Decode(column.Type, layout, payload);
    }

    /// <summary>What the service holds.</summary>
    public static Topology Topology(GetTopologyResponse response) => new(
        [.. response.Snapshots.Select(Snapshot)], response.EngineVersion, response.Limits?.BackfillsInFlight ?? 0);

    private static SnapshotTopology Snapshot(Contracts.V1.SnapshotTopology snapshot) => new()
    {
        Name = snapshot.Name,
        Id = snapshot.Id,
        EntityName = snapshot.EntityName,
        EntityType = snapshot.EntityType == Contracts.V1.ColumnType.String ? EntityKeyType.String : EntityKeyType.Int64,
        TimeZone = snapshot.TimeZone,
        WeekStart = (DayOfWeek)snapshot.WeekStart,
        Placement = new Placement(snapshot.Partitions, snapshot.SlicesPerPartition),
        SliceEntities = [.. snapshot.SliceEntities],
        Events = snapshot.Events,
    };

    private static ByteRun? Run(ByteRange? range) => range is null ? null : new ByteRun(range.Offset, range.Length);

    private static DatasetColumnRole Role(ColumnRole role) => role switch
    {
        ColumnRole.Entity => DatasetColumnRole.Entity,
        ColumnRole.Week => DatasetColumnRole.Week,
        ColumnRole.Feature => DatasetColumnRole.Feature,
        ColumnRole.Label => DatasetColumnRole.Label,
        ColumnRole.RowStatus => DatasetColumnRole.RowStatus,
        _ => throw new InvalidDataException($"column role {(int)role} is not known"),
    };
}
