using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Ingest.Inputs;

namespace FeatureService.Ingest.Loading;

/// <summary>Reads one source into memory.</summary>
/// <param name="schema">The source.</param>
/// <param name="entities">The entities of all sources.</param>
/// <param name="lastAllowed">The last instant that is no future: a day after the clock.</param>
/// <param name="progress">Told the rows read.</param>
internal sealed class SourceLoader(SourceSchema schema, EntityTable entities, long lastAllowed, IProgress<BuildProgress>? progress)
{
    private readonly Lock _lock = new();
    private readonly TextTable?[] _texts =
        [.. schema.Source.Columns.Select(column => column.Type == ColumnType.String ? new TextTable() : null)];

    private readonly List<LoadedChunk> _chunks = [];
    private readonly SortedList<int, IReadOnlyList<BadRow>> _bad = [];
    private readonly SortedList<int, string> _future = [];
    private long _rows;
    private long _events;
    private long _withoutEntity;
    private long _withoutTime;
    private long _badCount;
    private long _futureCount;
    private long _lastTime = long.MinValue;

    /// <summary>Reads all files.</summary>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InputException">A file is damaged.</exception>
    public LoadedSource Load(CancellationToken cancellation)
    {
        var blocks = schema.Inputs.SelectMany(input => input.Blocks(schema)).Select((block, index) => (block, index));
        BlockRunner.Run(blocks, cancellation, item => Add(item.block.Decode(), item.index));
        _chunks.Sort((left, right) => left.Index.CompareTo(right.Index));
        return new LoadedSource
        {
            Schema = schema,
            Chunks = _chunks,
            Texts = _texts,
            LastTime = _lastTime,
            Report = new SourceReport
            {
                Source = schema.Source.Name,
                Always = schema.Source.Always,
                EventCount = _events,
                WithoutEntity = _withoutEntity,
                WithoutTime = _withoutTime,
                BadCount = _badCount,
                BadRows = [.. _bad.Values.SelectMany(rows => rows).Take(RowChunk.ProblemsMax)],
                FutureCount = _futureCount,
                FirstFutureRow = _future.Count == 0 ? null : _future.Values[0],
            },
        };
    }

    private void Add(RowChunk rows, int index)
    {
        var chunk = new LoadedChunk
        {
            Index = index,
            Entities = Entities(rows),
            Places = schema.Source.Always ? rows.Places with { Lines = Take(rows.Places.Lines, rows) } : null,
            Times = Take(rows.Times, rows),
            Available = rows.Available.Length == 0 ? [] : Take(NeverWhereNull(rows), rows),
            Columns = [.. rows.Columns.Select((column, i) => Column(column, rows, _texts[i]))],
        };
        var (lastTime, futureCount, firstFuture) = Future(rows);
        lock (_lock)
        {
            _chunks.Add(chunk);
            _rows += rows.RowCount;
            _events += rows.TakenCount;
            _withoutEntity += rows.WithoutEntity;
            _withoutTime += rows.WithoutTime;
            _badCount += rows.BadCount;
            _futureCount += futureCount;
            _lastTime = Math.Max(_lastTime, lastTime);
            if (rows.Bad.Count > 0)
            {
                _bad.Add(index, rows.Bad);
            }

            if (firstFuture is not null)
            {
                _future.Add(index, firstFuture);
            }

            progress?.Report(new BuildProgress(BuildStage.Reading, schema.Source.Name, _rows, null));
        }
    }

    private int[] Entities(RowChunk rows)
    {
        if (entities.Type == EntityKeyType.Int64)
        {
            return entities.Number(Take(rows.Entity.Wide, rows));
        }

        var codes = Take(rows.Entity.Narrow, rows);
        entities.Number(rows.Entity.Texts!, codes);
        return codes;
    }

    private long[] NeverWhereNull(RowChunk rows)
    {
        var valid = rows.Columns[schema.Source.AvailableColumn].Valid;
        var available = new long[rows.Available.Length];
        for (var row = 0; row < rows.RowCount; row++)
        {
            available[row] = valid[row] ? rows.Available[row] : long.MaxValue;
        }

        return available;
    }

    private (long LastTime, long FutureCount, string? FirstFuture) Future(RowChunk rows)
    {
        var last = long.MinValue;
        var count = 0L;
        string? first = null;
        for (var i = 0; i < rows.TakenCount && rows.Times.Length > 0; i++)
        {
            var row = rows.Taken?[i] ?? i;
            if (rows.Times[row] <= lastAllowed)
            {
                last = Math.Max(last, rows.Times[row]);
                continue;
            }

            count++;
            first ??= rows.Places.Of(row);
        }

        return (last, count, first);
    }

    private LoadedColumn Column(ColumnValues column, RowChunk rows, TextTable? texts)
    {
        var narrow = Take(column.Narrow, rows);
        var valid = column.Valid.Contains(false) ? Take(column.Valid.ToArray(), rows) : [];
        if (texts is not null)
        {
            Number(column.Texts!, narrow, valid, texts);
        }

        return new LoadedColumn(column.Type, Take(column.Wide, rows), narrow, valid);
    }

    /// <summary>Replaces codes of a chunk by codes of the source.</summary>
    private static void Number(TextTable chunkTexts, int[] codes, bool[] valid, TextTable texts)
    {
        var numbers = new int[chunkTexts.Count];
        lock (texts)
        {
            for (var i = 0; i < numbers.Length; i++)
            {
                numbers[i] = texts.GetOrAdd(chunkTexts[i]);
            }
        }

        for (var row = 0; row < codes.Length; row++)
        {
            codes[row] = valid.Length == 0 || valid[row] ? numbers[codes[row]] : 0;
        }
    }

    private static T[] Take<T>(T[] values, RowChunk rows) =>
        values.Length == 0 || rows.Taken is not { } taken ? values : Array.ConvertAll(taken, row => values[row]);
}
