using System.Globalization;
using System.Runtime.InteropServices;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;

namespace FeatureService.Client.Tests.Fake;

/// <summary>
/// A snapshot's worth of made-up values: entities spread over partitions and slices by their hash, and for each (entity, week) values
/// that any reader can work out again.
/// </summary>
public sealed class FakeGrid
{
    private readonly SortedDictionary<SliceId, List<long>> _slices = [];

    public FakeGrid(int entities = 400, int partitions = 4, int slices = 4)
    {
        Placement = new Placement(partitions, slices);
        for (var key = 0L; key < entities; key++)
        {
            var slice = Placement.SliceOf(EntityKey.HashOf(key));
            if (!_slices.TryGetValue(slice, out var keys))
            {
                _slices[slice] = keys = [];
            }

            keys.Add(key);
        }
    }

    public Placement Placement { get; }

    /// <summary>Id of the snapshot and version of the view that it answers for.</summary>
    public string SnapshotId { get; init; } = "snapshot-1";

    /// <summary>Version of the view.</summary>
    public string ViewVersion { get; init; } = "view-1";

    /// <summary>Rows from which every cell of <c>total</c> has overflowed; none by default.</summary>
    public int ErrorsPerSlice { get; init; }

    /// <summary>Whether these are listed, and not only counted.</summary>
    public bool TellsErrors { get; init; } = true;

    /// <summary>Whether <c>total</c> has overflowed in the listed row of a key and a week's first day; never by default.</summary>
    public Func<long, int, bool> HasOverflowed { get; init; } = (_, _) => false;

    /// <summary>Zone of the catalog.</summary>
    public ZoneRules Zone { get; init; } = ZoneRules.Utc;

    /// <summary>Streams that the topology advises; 0 for no advice.</summary>
    public int BackfillsInFlight { get; init; }

    public IReadOnlyList<long> Keys(SliceId slice) => _slices.TryGetValue(slice, out var keys) ? keys : [];

    public static int FirstDay(DateOnly week) => week.DayNumber - new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>The columns of a run of entities: key, week, amount (float32, nulls), total (int64), city (text, nulls), status.</summary>
    public static Column[] Columns(IReadOnlyList<long> keys, DateOnly first, int weekCount, int weekStep = 1) => Rows(
        [.. Enumerable.Range(0, keys.Count * weekCount).Select(row =>
            (keys[row / weekCount], FirstDay(first) + (7 * weekStep * (row % weekCount)), row % weekCount))]);

    /// <summary>The columns of listed rows: those that a grid from 2024-01-01 on has for them.</summary>
    public static Column[] Columns(IReadOnlyList<long> keys, IReadOnlyList<int> days) =>
        Rows([.. keys.Zip(days, (key, day) => (key, day, Math.Abs(day - FirstDay(new DateOnly(2024, 1, 1))) / 7))]);

    private static Column[] Rows((long Key, int Day, int Index)[] rows)
    {
        var amount = new float[rows.Length];
        var valid = new byte[Bitmap.Bytes(rows.Length)];
        var cities = new List<string>(rows.Length);
        for (var row = 0; row < rows.Length; row++)
        {
            var (key, _, index) = rows[row];
            var isNull = (key + index) % 5 == 0;
            if (!isNull)
            {
                Bitmap.Set(valid, row);
            }

            amount[row] = isNull ? 0 : ((key * 31) + index) / 7f;
            cities.Add(isNull ? "" : string.Create(CultureInfo.InvariantCulture, $"city {key % 3}"));
        }

        var nulls = rows.Length - Bitmap.CountOnes(valid, 0, rows.Length);
        return
        [
            Fixed(ColumnType.Int64, [.. rows.Select(row => row.Key)]),
            Fixed(ColumnType.Date, [.. rows.Select(row => row.Day)]),
            Fixed(ColumnType.Float32, amount, nulls, valid),
            Fixed(ColumnType.Int64, [.. rows.Select(row => (row.Key * 1000) + row.Index)]),
            Text(cities, nulls, valid),
            Text([.. rows.Select(row => row.Index == 0 ? "no_history" : "ok")]),
        ];
    }

    public static Column Fixed<T>(ColumnType type, T[] values, int nullCount = 0, byte[]? validity = null)
        where T : unmanaged => new()
        {
            Type = type,
            Length = values.Length,
            NullCount = nullCount,
            Validity = nullCount > 0 ? validity : default,
            Data = MemoryMarshal.AsBytes<T>(values).ToArray(),
        };

    public static Column Text(IReadOnlyCollection<string> texts, int nullCount = 0, byte[]? validity = null)
    {
        var table = StringTable.Of(texts);
        return new Column
        {
            Type = ColumnType.String,
            Length = texts.Count,
            NullCount = nullCount,
            Validity = nullCount > 0 ? validity : default,
            Data = table.Utf8,
            Offsets = table.OffsetBytes,
        };
    }
}
