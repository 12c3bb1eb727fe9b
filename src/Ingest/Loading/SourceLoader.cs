using System.Buffers;
using FeatureService.Core.Columns;
using FeatureService.Ingest.Inputs;
using FeatureService.Ingest.Storing;

namespace FeatureService.Ingest.Loading;

/// <summary>Reads one source.</summary>
/// <param name="schema">The source.</param>
/// <param name="entities">The entities of all sources.</param>
/// <param name="stores">Where events go.</param>
/// <param name="lastAllowed">The last instant that is no future: a day after the clock.</param>
/// <param name="progress">Told the rows read.</param>
internal sealed class SourceLoader(
    SourceSchema schema, EntityTable entities, EventStores stores, long lastAllowed, IProgress<BuildProgress>? progress)
{
    private readonly Lock _lock = new();
    private readonly EventStore _events = stores.Add(schema);
    private readonly TextTable?[] _texts =
        [.. schema.Source.Columns.Select(column => column.Type == ColumnType.String ? new TextTable() : null)];

    private readonly SecondRows? _second = schema.Source.Always ? new SecondRows(schema.Source.Name, schema.File.EntityColumn, entities) : null;
    private readonly SortedList<int, IReadOnlyList<BadRow>> _bad = [];
    private readonly SortedList<int, string> _future = [];
    private readonly long _tablesBefore = stores.TableBytes - entities.Bytes;
    private long _rows;
    private long _taken;
    private long _withoutEntity;
    private long _withoutTime;
    private long _badCount;
    private long _futureCount;
    private long _firstTime = long.MaxValue;
    private long _lastTime = long.MinValue;
    private long _lastAllowedTime = long.MinValue;

    /// <summary>Reads all files.</summary>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InputException">A file is damaged.</exception>
    /// <exception cref="MemoryException">What is read does not fit.</exception>
    public LoadedSource Load(CancellationToken cancellation)
    {
        var blocks = schema.Inputs.SelectMany(input => input.Blocks(schema)).Select((block, index) => (block, index));
        BlockRunner.Run(blocks, stores.Threads, cancellation, item => Add(item.block, item.index));
        var messages = _second?.Messages() ?? [];
        stores.HoldTables(stores.TableBytes - (_second?.Bytes ?? 0));
        return new LoadedSource
        {
            Schema = schema,
            Events = _events,
            Texts = _texts,
            Times = (_firstTime, _lastTime),
            LastTime = _lastAllowedTime,
            SecondRows = messages,
            Report = new SourceReport
            {
                Source = schema.Source.Name,
                Always = schema.Source.Always,
                EventCount = _taken,
                WithoutEntity = _withoutEntity,
                WithoutTime = _withoutTime,
                BadCount = _badCount,
                BadRows = [.. _bad.Values.SelectMany(rows => rows).Take(RowChunk.ProblemsMax)],
                FutureCount = _futureCount,
                FirstFutureRow = _future.Count == 0 ? null : _future.Values[0],
            },
        };
    }

    private void Add(InputBlock block, int index)
    {
        try
        {
            using var rows = block.Decode();
            stores.Budget.Hold(rows.Bytes);
            Add(rows, index);
            stores.Budget.Hold(-rows.Bytes);
        }
        catch
        {
            _events.Abandon();
            throw;
        }
    }

    private void Add(RowChunk rows, int index)
    {
        for (var i = 0; i < _texts.Length; i++)
        {
            if (_texts[i] is { } texts)
            {
                Number(rows.Columns[i], texts);
            }
        }

        var rowEntities = ArrayPool<int>.Shared.Rent(rows.TakenCount);
        var buckets = ArrayPool<ushort>.Shared.Rent(rows.TakenCount);
        try
        {
            var taken = (rowEntities.AsMemory(0, rows.TakenCount), buckets.AsMemory(0, rows.TakenCount));
            entities.Number(rows, taken.Item1.Span, taken.Item2.Span);
            _events.Append(index, rows, rowEntities, taken.Item2.Span, () => InTurn(rows, taken.Item1.Span));
        }
        finally
        {
            ArrayPool<int>.Shared.Return(rowEntities);
            ArrayPool<ushort>.Shared.Return(buckets);
        }

        Count(rows, index);
    }

    private void InTurn(RowChunk rows, ReadOnlySpan<int> rowEntities)
    {
        _second?.Add(rows, rowEntities);
        stores.HoldTables(_tablesBefore + entities.Bytes + (_second?.Bytes ?? 0) + _texts.Sum(texts => texts?.Bytes ?? 0));
    }

    private void Count(RowChunk rows, int index)
    {
        var (first, last, lastAllowedTime, futureCount, firstFuture) = Times(rows);
        lock (_lock)
        {
            _rows += rows.RowCount;
            _taken += rows.TakenCount;
            _withoutEntity += rows.WithoutEntity;
            _withoutTime += rows.WithoutTime;
            _badCount += rows.BadCount;
            _futureCount += futureCount;
            _firstTime = Math.Min(_firstTime, first);
            _lastTime = Math.Max(_lastTime, last);
            _lastAllowedTime = Math.Max(_lastAllowedTime, lastAllowedTime);
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

    private (long First, long Last, long LastAllowed, long FutureCount, string? FirstFuture) Times(RowChunk rows)
    {
        var (first, last, lastNotFuture) = (long.MaxValue, long.MinValue, long.MinValue);
        var futureCount = 0L;
        string? firstFuture = null;
        var times = rows.Times;
        for (var i = 0; i < rows.TakenCount && times.Length > 0; i++)
        {
            var row = rows.Taken?[i] ?? i;
            var time = times[row];
            first = Math.Min(first, time);
            last = Math.Max(last, time);
            if (time > lastAllowed)
            {
                futureCount++;
                firstFuture ??= rows.Places.Of(row);
            }
            else
            {
                lastNotFuture = Math.Max(lastNotFuture, time);
            }
        }

        return (first, last, lastNotFuture, futureCount, firstFuture);
    }

    /// <summary>Replaces codes of a chunk by codes of the source.</summary>
    private static void Number(ColumnValues column, TextTable texts)
    {
        var chunkTexts = column.Texts!;
        var numbers = new int[chunkTexts.Count];
        lock (texts)
        {
            for (var i = 0; i < numbers.Length; i++)
            {
                numbers[i] = texts.GetOrAdd(chunkTexts[i]);
            }
        }

        var codes = column.Narrow;
        var valid = column.Valid;
        for (var row = 0; row < codes.Length; row++)
        {
            codes[row] = valid[row] ? numbers[codes[row]] : 0;
        }
    }
}
