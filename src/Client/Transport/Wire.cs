using FeatureService.Contracts.V1;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;
using FeatureService.Core.Keys;
using ColumnType = FeatureService.Core.Columns.ColumnType;
using ZoneRules = FeatureService.Core.Calendar.ZoneRules;

namespace FeatureService.Client.Transport;

/// <summary>Between the client's records and the messages of the wire.</summary>
internal static class Wire
{
    /// <summary>What the contract lets a caller of StreamFeatureVectors leave unanswered, where the service does not say.</summary>
    private const int StreamIdsMax = 8;
    private const int StreamRowsMax = 65_536;

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

    /// <summary>A cache policy.</summary>
    public static Contracts.V1.CachePolicy Policy(CachePolicy policy) => policy switch
    {
        CachePolicy.Auto => Contracts.V1.CachePolicy.Auto,
        CachePolicy.Always => Contracts.V1.CachePolicy.Always,
        CachePolicy.Never => Contracts.V1.CachePolicy.Never,
        CachePolicy.Refresh => Contracts.V1.CachePolicy.Refresh,
        _ => throw new ArgumentException($"cache: {policy} is no policy"),
    };

    /// <summary>A request for vectors that has everything but its rows.</summary>
    public static GetFeatureVectorsRequest VectorsRequest(FeatureQuery query)
    {
        var request = new GetFeatureVectorsRequest
        {
            View = Selector(query.View),
            Snapshot = Selector(query.Snapshot),
            Columns = Selector(query.Columns, query.Labels),
        };
        request.AcceptEncodings.Add(Encoding.Plain);
        return request;
    }

    /// <summary>Rows one by one.</summary>
    public static RowList Rows(IEnumerable<FeatureRow> rows)
    {
        var list = new RowList { Keys = Keys(rows.Select(row => row.Entity)) };
        list.Weeks.AddRange(rows.Select(row => row.Week));
        return list;
    }

    /// <summary>Weeks.</summary>
    public static WeekRange Weeks(WeekSpan weeks) => new() { First = weeks.First, Last = weeks.Last, Step = weeks.Step };

    /// <summary>The header of an answer.</summary>
    public static AnswerHeader Header(ResponseHeader header) =>
        new(header.SnapshotId, header.ViewVersion, header.EngineVersion, [.. header.Columns.Select(Column)]);

    /// <summary>One column of a header.</summary>
    public static DatasetColumn Column(ColumnHeader column) =>
        new(column.Name, (ColumnType)column.Type, Role(column.Role), column.Fingerprint);

    /// <summary>The encodings that streams and parts of datasets offer: all.</summary>
    public static IReadOnlyList<Encoding> Encodings { get; } = [.. Enum.GetValues<ColumnEncoding>().Select(encoding => (Encoding)encoding)];

    /// <summary>The values of a chunk over the payload's own bytes.</summary>
    /// <exception cref="InvalidDataException">The chunk is none of the column, or its parts do not fit the payload.</exception>
    public static EncodedColumn Decode(ColumnChunk chunk, DatasetColumn column, EncodingSet offered, ReadOnlyMemory<byte> payload)
    {
        var layout = new ChunkLayout
        {
            Encoding = (ColumnEncoding)chunk.Encoding,
            Rows = chunk.Rows,
            NullCount = chunk.NullCount,
            Validity = Run(chunk.Validity),
            Values = Run(chunk.Values) ?? default,
            Offsets = Run(chunk.Offsets),
            Dictionary = Run(chunk.Dictionary),
            RunEnds = Run(chunk.RunEnds),
            Present = Run(chunk.Present),
            Base = chunk.Base,
        };
        Check(chunk.Type, chunk.Encoding, column, offered);
        return EncodedColumn.Read(column.Type, layout, payload);
    }

    /// <summary>The same, decoded.</summary>
    /// <exception cref="InvalidDataException">As above.</exception>
    public static Column Decode(
        Contracts.V1.ColumnType type, ChunkLayout layout, DatasetColumn column, EncodingSet offered, ReadOnlyMemory<byte> payload)
    {
        Check(type, (Encoding)layout.Encoding, column, offered);
        return layout.Encoding == ColumnEncoding.Plain
            ? PlainCodec.Decode(column.Type, layout, payload)
            : EncodedColumn.Read(column.Type, layout, payload).Decode();
    }

    /// <summary>A run of an answer's rows: every column once.</summary>
    /// <param name="header">The answer's header.</param>
    /// <param name="chunks">The columns' chunks.</param>
    /// <param name="firstRow">Number in the answer of the run's first row.</param>
    /// <param name="offered">The encodings that the request listed.</param>
    /// <param name="payload">The bytes that they name.</param>
    /// <exception cref="InvalidDataException">A column is missing, or a chunk is malformed or of other rows.</exception>
    public static FeatureVectors Vectors(AnswerHeader header, IReadOnlyCollection<ColumnChunk> chunks, int firstRow, EncodingSet offered, ReadOnlyMemory<byte> payload)
    {
        var indexes = header.Columns.Select((c, i) => (c.Name, i)).ToDictionary(p => p.Name, p => p.i);
        var columns = new Column[header.Columns.Count];
        foreach (var chunk in chunks)
        {
            if (!indexes.TryGetValue(chunk.Column, out var index) || columns[index] is not null || chunk.FirstRow != firstRow)
            {
                throw new InvalidDataException($"a chunk of column '{chunk.Column}' that was not expected");
            }

            columns[index] = Decode(chunk, header.Columns[index], offered, payload).Decode();
        }

        return Whole(header, columns);
    }

    /// <summary>Vectors of columns, once all are there.</summary>
    /// <param name="header">The answer's header.</param>
    /// <param name="columns">One for each column of the header; null for one that did not come.</param>
    /// <exception cref="InvalidDataException">They are not all there, or differ in length.</exception>
    public static FeatureVectors Whole(AnswerHeader header, Column?[] columns)
    {
        foreach (var column in columns)
        {
            if (column is null || column.Length != columns[0]!.Length)
            {
                throw new InvalidDataException("its columns are not complete");
            }
        }

        return new FeatureVectors(header, columns[0]!.Length, columns!);
    }

    /// <summary>What the service holds.</summary>
    public static Topology Topology(GetTopologyResponse response) => new(
        [.. response.Snapshots.Concat(response.PreviousSnapshots).Select(Snapshot)],
        response.EngineVersion,
        response.Limits?.BackfillsInFlight ?? 0,
        (long)(response.Limits?.UnaryResponseBytesMax ?? 0),
        response.Limits is { StreamIdsMax: > 0 and var ids } ? ids : StreamIdsMax,
        response.Limits is { StreamRowsMax: > 0 and var rows } ? rows : StreamRowsMax);

    private static SnapshotTopology Snapshot(Contracts.V1.SnapshotTopology snapshot) => new()
    {
        Name = snapshot.Name,
        Id = snapshot.Id,
        EntityName = snapshot.EntityName,
        EntityType = snapshot.EntityType == Contracts.V1.ColumnType.String ? EntityKeyType.String : EntityKeyType.Int64,
        Zone = Zone(snapshot.TimeZone, snapshot.ZoneRules),
        WeekStart = (DayOfWeek)snapshot.WeekStart,
        Placement = new Placement(snapshot.Partitions, snapshot.SlicesPerPartition),
        SliceEntities = [.. snapshot.SliceEntities],
        Events = snapshot.Events,
    };

    private static ZoneRules Zone(string id, Contracts.V1.ZoneRules? rules) => rules is null
        ? throw new InvalidDataException($"it has no rules of zone {id}")
        : new ZoneRules(id, [.. rules.StartsMicros], [.. rules.OffsetSeconds]);

    private static void Check(Contracts.V1.ColumnType type, Encoding encoding, DatasetColumn column, EncodingSet offered)
    {
        if ((ColumnType)type != column.Type)
        {
            throw new InvalidDataException($"column {column.Name}: a chunk of {(ColumnType)type}, expected {column.Type}");
        }

        if (!Enum.IsDefined((ColumnEncoding)encoding) || !offered.Contains((ColumnEncoding)encoding))
        {
            throw new InvalidDataException($"column {column.Name}: encoding {encoding} was not offered");
        }
    }

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
