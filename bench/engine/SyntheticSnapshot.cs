using System.Runtime.InteropServices;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Bench.Engine;

/// <summary>Opens, rides and coupons of made-up users in memory, a slice a thousand of them; heavy-tailed, 160 events a user.</summary>
internal sealed class SyntheticSnapshot : ISnapshot
{
    public const int WeekCount = 260;
    private const int EntitiesPerSlice = 1024;

    private static readonly StringTable Platforms = StringTable.Of(["android", "ios", "web"]);
    private static readonly StringTable Areas = StringTable.Of(Enumerable.Range(0, 40).Select(i => $"area {i:00}"));
    private static readonly StringTable Payments = StringTable.Of(["app", "card", "cash"]);
    private static readonly StringTable Actions = StringTable.Of(["granted", "used"]);

    private readonly SliceData[] _slices;
    private readonly long _start;
    private readonly long _end;
    private readonly double _density;

    /// <summary>Makes the events.</summary>
    /// <param name="slices">How many slices.</param>
    /// <param name="density">Times as many events of a user.</param>
    public SyntheticSnapshot(int slices, double density = 1)
    {
        _density = density;
        var zone = ZoneRules.FromTzdb("Asia/Tokyo")!;
        Catalog = new Catalog
        {
            EntityName = "user_id",
            EntityType = EntityKeyType.Int64,
            Calendar = new WeekCalendar(zone, DayOfWeek.Monday),
            Sources =
            [
                Source("app_opens", ("opened_at", ColumnType.Timestamp), ("platform", ColumnType.String)),
                Source(
                    "rides",
                    ("picked_up_at", ColumnType.Timestamp),
                    ("fare", ColumnType.Int64),
                    ("km", ColumnType.Float64),
                    ("minutes", ColumnType.Int64),
                    ("area", ColumnType.String),
                    ("payment", ColumnType.String),
                    ("rating", ColumnType.Int64)),
                Source("coupons", ("at", ColumnType.Timestamp), ("action", ColumnType.String), ("value", ColumnType.Int64)),
            ],
        };
        FirstWeek = Catalog.Calendar.WeekOfDay(WeekCalendar.DayNumber(new DateOnly(2020, 1, 6)));
        _start = Catalog.Calendar.Cutoff(FirstWeek);
        _end = Catalog.Calendar.Cutoff(FirstWeek + WeekCount);
        _slices = new SliceData[slices];
        Parallel.For(0, slices, i => _slices[i] = Make(new Random(i), i));
        Placement = new Placement(1, 1);
    }

    public int FirstWeek { get; }

    public int SliceCount => _slices.Length;

    public long EventCount => _slices.Sum(slice => Enumerable.Range(0, Catalog.Sources.Length).Sum(source => (long)slice.Source(source).Count));

    /// <inheritdoc/>
    public string Id => "synthetic";

    /// <inheritdoc/>
    public Catalog Catalog { get; }

    /// <inheritdoc/>
    public Placement Placement { get; }

    /// <inheritdoc/>
    public int EntityCount(SliceId slice) => EntitiesPerSlice;

    /// <inheritdoc/>
    public long CompleteUntil(int source) => _end;

    /// <inheritdoc/>
    public SliceData Slice(SliceId slice) => _slices[slice.Slice];

    private static EventSource Source(string name, params (string Name, ColumnType Type)[] columns) => new()
    {
        Name = name,
        Columns = [.. columns.Select(column => new SourceColumn(column.Name, column.Type))],
        TimeColumn = 0,
        Reading = "",
    };

    private SliceData Make(Random random, int slice)
    {
        var activity = Enumerable.Range(0, EntitiesPerSlice).Select(_ => Math.Min(20, 1 / (0.18 + random.NextDouble() * 3))).ToArray();
        var opens = Times(random, activity, 100);
        var rides = Times(random, activity, 45);
        var coupons = Times(random, activity, 15);
        var keys = Enumerable.Range(0, EntitiesPerSlice).Select(i => ((long)slice * EntitiesPerSlice) + i).ToArray();
        return new SliceData(
            new EntityKeys(keys),
            [.. Enumerable.Repeat(FirstWeek, EntitiesPerSlice)],
            [
                Events(opens, Codes(random, opens, Platforms)),
                Events(
                    rides,
                    Integers(random, rides, 500, 9000),
                    Floats(random, rides),
                    Integers(random, rides, 3, 70),
                    Codes(random, rides, Areas),
                    Codes(random, rides, Payments),
                    Integers(random, rides, 1, 6, nulls: true)),
                Events(coupons, Codes(random, coupons, Actions), Integers(random, coupons, 100, 1000)),
            ]);
    }

    private (int[] Offsets, long[] Times) Times(Random random, double[] activity, double mean)
    {
        var offsets = new int[activity.Length + 1];
        var times = new List<long>();
        for (var i = 0; i < activity.Length; i++)
        {
            var count = (int)(mean * _density * activity[i] * 1.03);
            times.AddRange(Enumerable.Range(0, count).Select(_ => random.NextInt64(_start, _end)).Order());
            offsets[i + 1] = times.Count;
        }

        return (offsets, [.. times]);
    }

    private SourceEvents Events((int[] Offsets, long[] Times) events, params EventColumn[] columns) => new(
        events.Offsets,
        events.Times,
        events.Times.Select(time => FirstWeek + (int)((time - _start) / (7 * Instants.MicrosPerDay)) + 1).ToArray(),
        [new EventColumn { Type = ColumnType.Timestamp, Data = Bytes(events.Times) }, .. columns]);

    private static EventColumn Codes(Random random, (int[] Offsets, long[] Times) events, StringTable texts) => new()
    {
        Type = ColumnType.String,
        Data = Bytes(events.Times.Select(_ => random.Next(texts.Count)).ToArray()),
        Dictionary = texts,
    };

    private static EventColumn Integers(Random random, (int[] Offsets, long[] Times) events, int from, int to, bool nulls = false)
    {
        var valid = new byte[Bitmap.Bytes(events.Times.Length)];
        random.NextBytes(valid);
        return new EventColumn
        {
            Type = ColumnType.Int64,
            Data = Bytes(events.Times.Select(_ => (long)random.Next(from, to)).ToArray()),
            Validity = nulls ? valid : default(ReadOnlyMemory<byte>),
        };
    }

    private static EventColumn Floats(Random random, (int[] Offsets, long[] Times) events) => new()
    {
        Type = ColumnType.Float64,
        Data = Bytes(events.Times.Select(_ => Math.Round(random.NextDouble() * 20, 1)).ToArray()),
    };

    private static byte[] Bytes<T>(T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes<T>(values).ToArray();
}
