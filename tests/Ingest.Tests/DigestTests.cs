using System.IO.Hashing;
using CsCheck;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Snapshots;
using FeatureService.Testing;

namespace FeatureService.Ingest.Tests;

/// <summary>What a snapshot in files says of its content by periods: what a cache of columns goes by.</summary>
public sealed class DigestTests : IDisposable
{
    private const string Early = "user_id,at,x\n1,2023-01-02,1\n2,2023-01-09,2\n1,2023-06-05,3\n";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Periods_before_new_events_keep_their_digests_and_those_of_new_events_do_not()
    {
        var before = Hashes("a", Early);
        var after = Hashes("b", Early + "2,2023-06-06,4\n");

        var period = EventDigest.PeriodOf(Catalogs.Weeks("UTC").WeekOfDay(WeekCalendar.DayNumber(new DateOnly(2023, 6, 5))));
        Assert.Equal(before(int.MinValue, period - 1), after(int.MinValue, period - 1));
        Assert.NotEqual(before(period, period), after(period, period));
        Assert.NotEqual(before(int.MinValue, int.MaxValue), after(int.MinValue, int.MaxValue));
        Assert.Equal(before(period + 1, int.MaxValue), after(period + 1, int.MaxValue));
    }

    [Fact]
    public void A_value_of_an_old_event_changes_its_period_alone()
    {
        var before = Hashes("a", Early);
        var after = Hashes("b", Early.Replace("2023-01-09,2", "2023-01-09,5", StringComparison.Ordinal));

        var period = EventDigest.PeriodOf(Catalogs.Weeks("UTC").WeekOfDay(WeekCalendar.DayNumber(new DateOnly(2023, 1, 9))));
        Assert.NotEqual(before(period, period), after(period, period));
        Assert.Equal(before(period + 1, int.MaxValue), after(period + 1, int.MaxValue));
    }

    [Fact]
    public void Periods_without_events_add_nothing()
    {
        var hashes = Hashes("a", Early);
        Assert.Equal(hashes(int.MinValue, 0), hashes(10_000, 20_000));
    }

    [Fact]
    public void Digests_are_those_of_the_runs_one_after_the_other() =>
        Gen.Select(Gen.Int[0, 60], Gen.Int[0, 400], Gen.ULong).Sample(
            (entities, eventsMax, seed) =>
            {
                var random = new Random((int)seed);
                int[] starts = [0, .. Enumerable.Range(0, entities).Select(_ => random.Next(eventsMax + 1))];
                for (var i = 1; i < starts.Length; i++)
                {
                    starts[i] += starts[i - 1];
                }

                var keys = seed % 2 == 0
                    ? new EntityKeys(Enumerable.Range(0, entities).Select(_ => random.NextInt64()).ToArray())
                    : new EntityKeys(StringTable.Of(Enumerable.Range(0, entities).Select(i => $"user {i}")));
                EventColumn[] columns =
                [
                    .. new[] { ColumnType.Bool, ColumnType.Int64, ColumnType.Float64, ColumnType.String, ColumnType.Date, ColumnType.Timestamp }
                        .SelectMany(type => new[] { 0, 3 }, (type, nulls) => EventColumns.Of(type, Values(type, starts[^1], nulls, random))),
                ];
                int[] periods = [.. Enumerable.Range(0, entities).SelectMany(i => Enumerable.Range(0, starts[i + 1] - starts[i]).Select(_ => random.Next(4)).Order())];
                var digests = new byte[4 * EventDigest.DigestBytes];
                EventDigest.Write(keys, starts, periods, columns, digests);
                Assert.Equal(NaiveDigest.Of(keys, starts, periods, columns, 4), digests);
            },
            iter: 40,
            threads: 1);

    private static object?[] Values(ColumnType type, int count, int nullEvery, Random random) =>
    [
        .. Enumerable.Range(0, count).Select(i => nullEvery > 0 && i % nullEvery == 0 ? null : type switch
        {
            ColumnType.Bool => (object)(random.Next(2) == 0),
            ColumnType.Float64 => random.NextDouble(),
            ColumnType.String => GeneratedEvents.Texts[random.Next(GeneratedEvents.Texts.Length)],
            ColumnType.Date => random.Next(20_000),
            _ => random.NextInt64(1L << 50),
        }),
    ];

    private Func<int, int, UInt128> Hashes(string name, string rows)
    {
        _folder.Write(name + ".csv", rows);
        Builds.Build(_folder, Builds.Catalog(name + ".csv"), options => options with { OutputFolder = _folder[name] });
        return (first, last) =>
        {
            using var snapshot = MappedSnapshot.Open(_folder[name]);
            var hash = new XxHash128();
            Assert.True(snapshot.AppendDigests(0, default, first, last, hash));
            return hash.GetCurrentHashAsUInt128();
        };
    }
}
