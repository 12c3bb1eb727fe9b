using System.Collections.Immutable;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Engine.Snapshots;
using FeatureService.Ingest.Loading;

namespace FeatureService.Ingest.Writing;

/// <summary>One source's events by (rank of the entity, time, the columns that break ties, position).</summary>
internal sealed class SortedSource
{
    private readonly LoadedSource _source;
    private readonly int[][] _places;
    private readonly int _count;

    private SortedSource(LoadedSource source, EntityOrder order)
    {
        _source = source;
        _count = checked((int)source.Report.EventCount);
        EventStarts = new int[order.Count + 1];
        _places = Places(order.Ranks);
        Times = Scatter(chunk => chunk.Times);
        if (Times.Length > 0 && TimeSort.Moves(EventStarts, Times, Ties(source.Schema.TieColumns)) is { } moves)
        {
            foreach (var places in _places)
            {
                for (var i = 0; i < places.Length; i++)
                {
                    places[i] = moves[places[i]];
                }
            }

            Times = Scatter(chunk => chunk.Times);
        }
    }

    /// <summary>For each rank its first event, and behind the last the number of events.</summary>
    public int[] EventStarts { get; }

    /// <summary>Instants; empty for facts without time.</summary>
    public long[] Times { get; private set; }

    /// <summary>The week in which each event lies; empty for facts without time.</summary>
    public int[] Weeks { get; private set; } = [];

    /// <summary>The first week whose cutoff sees each event; empty for facts without time.</summary>
    public int[] FirstCutoffs { get; private set; } = [];

    /// <summary>The source's columns.</summary>
    public LoadedColumn[] Columns { get; private set; } = [];

    /// <summary>Sorts a source; its chunks give their memory back on the way.</summary>
    /// <param name="source">The source.</param>
    /// <param name="order">The entities in order.</param>
    /// <param name="calendar">The catalog's weeks.</param>
    public static SortedSource Sort(LoadedSource source, EntityOrder order, WeekCalendar calendar)
    {
        var sorted = new SortedSource(source, order);
        sorted.FindWeeks(calendar);
        var columns = new LoadedColumn[source.Schema.Source.Columns.Length];
        Parallel.For(0, columns.Length, i => columns[i] = sorted.Column(i));
        sorted.Columns = columns;
        source.Chunks.Clear();
        return sorted;
    }

    /// <summary>Where each chunk's events go: a stable counting sort by rank.</summary>
    private int[][] Places(int[] ranks)
    {
        foreach (var chunk in _source.Chunks)
        {
            foreach (var entity in chunk.Entities)
            {
                EventStarts[ranks[entity] + 1]++;
            }
        }

        for (var rank = 1; rank < EventStarts.Length; rank++)
        {
            EventStarts[rank] += EventStarts[rank - 1];
        }

        var next = EventStarts.AsSpan().ToArray();
        var places = new int[_source.Chunks.Count][];
        for (var c = 0; c < places.Length; c++)
        {
            var entities = _source.Chunks[c].Entities;
            places[c] = new int[entities.Length];
            for (var i = 0; i < entities.Length; i++)
            {
                places[c][i] = next[ranks[entities[i]]]++;
            }
        }

        return places;
    }

    /// <summary>Compares events by the columns that break ties of time; null where there are none.</summary>
    private Comparison<int>? Ties(ImmutableArray<int> columns)
    {
        if (columns.IsEmpty)
        {
            return null;
        }

        // A column is spread out only once the columns before it leave a tie.
        var comparisons = columns.Select(column => new Lazy<Comparison<int>>(() => Tie(column))).ToArray();
        return (left, right) =>
        {
            foreach (var comparison in comparisons)
            {
                if (comparison.Value(left, right) is var order && order != 0)
                {
                    return order;
                }
            }

            return 0;
        };
    }

    /// <summary>Compares events by a column, nulls last.</summary>
    private Comparison<int> Tie(int index)
    {
        var valid = ScatterValid(index);
        var narrow = Scatter(chunk => chunk.Columns[index].Narrow);
        var wide = Scatter(chunk => chunk.Columns[index].Wide);
        Comparison<int> values = _source.Schema.Source.Columns[index].Type switch
        {
            ColumnType.String when _source.Texts[index]!.Ranks() is var ranks => (left, right) => ranks[narrow[left]].CompareTo(ranks[narrow[right]]),
            ColumnType.Float64 => (left, right) => CompareFloats(wide[left], wide[right]),
            ColumnType.Int64 or ColumnType.Timestamp => (left, right) => wide[left].CompareTo(wide[right]),
            _ => (left, right) => narrow[left].CompareTo(narrow[right]),
        };
        return valid.Length == 0 ? values
            : (left, right) => valid[left] && valid[right] ? values(left, right) : valid[right].CompareTo(valid[left]);
    }

    /// <summary>NaN is greater than every number.</summary>
    private static int CompareFloats(long leftBits, long rightBits)
    {
        var (left, right) = (BitConverter.Int64BitsToDouble(leftBits), BitConverter.Int64BitsToDouble(rightBits));
        return left < right ? -1 : left > right ? 1 : double.IsNaN(left).CompareTo(double.IsNaN(right));
    }

    private void FindWeeks(WeekCalendar calendar)
    {
        if (Times.Length == 0)
        {
            return;
        }

        var table = new WeekTable(calendar, Times);
        var available = Scatter(chunk => chunk.Available);
        Weeks = new int[_count];
        FirstCutoffs = new int[_count];
        Parallel.For(0, (_count + BatchEvents - 1) / BatchEvents, batch =>
        {
            for (var i = batch * BatchEvents; i < Math.Min(_count, (batch + 1) * BatchEvents); i++)
            {
                Weeks[i] = table.WeekOf(Times[i]);
                FirstCutoffs[i] = available.Length == 0 || available[i] <= Times[i] ? Weeks[i] + 1
                    : available[i] == long.MaxValue ? SourceEvents.Never
                    : table.WeekOf(available[i]) + 1;
            }
        });
    }

    private const int BatchEvents = 1 << 16;

    private LoadedColumn Column(int index)
    {
        var type = _source.Schema.Source.Columns[index].Type;
        var column = new LoadedColumn(
            type,
            Scatter(chunk => chunk.Columns[index].Wide),
            Scatter(chunk => chunk.Columns[index].Narrow),
            ScatterValid(index));
        foreach (var chunk in _source.Chunks)
        {
            chunk.Columns[index] = new LoadedColumn(type, [], [], []);
        }

        return column;
    }

    private bool[] ScatterValid(int index)
    {
        if (_source.Chunks.All(chunk => chunk.Columns[index].Valid.Length == 0))
        {
            return [];
        }

        var valid = new bool[_count];
        Array.Fill(valid, true);
        for (var c = 0; c < _places.Length; c++)
        {
            var values = _source.Chunks[c].Columns[index].Valid;
            for (var i = 0; i < values.Length; i++)
            {
                valid[_places[c][i]] = values[i];
            }
        }

        return valid;
    }

    private T[] Scatter<T>(Func<LoadedChunk, T[]> values)
    {
        if (_source.Chunks.All(chunk => values(chunk).Length == 0))
        {
            return [];
        }

        var sorted = new T[_count];
        for (var c = 0; c < _places.Length; c++)
        {
            var chunk = values(_source.Chunks[c]);
            var places = _places[c];
            for (var i = 0; i < chunk.Length; i++)
            {
                sorted[places[i]] = chunk[i];
            }
        }

        return sorted;
    }
}
