using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Snapshots;
using FeatureService.Testing;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>One entity with very many events, against tiles that are folded and combined here in one pass.</summary>
public sealed class GiantEntityTests
{
    private const int WeekCount = 60;

    private const string View = """
        view: giant
        features:
          rows: count(e) over 13w
          values: count(e.f) over all
          total: sum(e.f) over 13w
          exact: sum(e.i) over 13w
          everything: sum(e.f) over all
          spread: var_pop(e.f) over 13w
          top: max(e.f) over 13w
          kept: sum(e.f where i > 0) over 13w
        """;

    [Fact]
    public void An_entity_with_ten_million_events_has_the_bits_of_a_pass_over_them()
    {
        var snapshot = new GeneratedSnapshot(entities: 1, eventsPerEntity: 10_000_000, WeekCount, slices: 1, "i", "f");
        var view = ViewCompiler.Compile(View, "giant.view.yaml", snapshot.Catalog).View!;
        var first = snapshot.Catalog.Calendar.WeekOf(GeneratedEvents.Start);
        var actual = Answer.OfGrid(Plan.Create(snapshot, view, view.Columns), new WeekRange(first, WeekCount + 15));
        var tiles = Fold(snapshot, first, WeekCount + 15);
        Assert.Equal(WeekCount + 15, actual.Count);
        for (var week = 0; week < actual.Count; week++)
        {
            Assert.Equal(Expected(tiles, week).Select(Bits.Of), actual[week].Values);
        }
    }

    /// <summary>Rule 2: the state of every week.</summary>
    private static Tile[] Fold(ISnapshot snapshot, int firstWeek, int weekCount)
    {
        var events = snapshot.Slice(new SliceId(0, 0)).Source(0);
        var (integers, floats) = (events.Column(1), events.Column(2));
        var tiles = new Tile[weekCount];
        for (var row = 0; row < events.Count; row++)
        {
            // Without an availability column an event lies in the week before its first cutoff.
            ref var tile = ref tiles[events.FirstCutoffs[row] - 1 - firstWeek];
            tile.Rows++;
            if (integers.IsValid(row))
            {
                tile.Exact += integers.Values<long>()[row];
                tile.Integers++;
            }

            if (floats.IsValid(row))
            {
                tile.Add(floats.Values<double>()[row], isKept: integers.IsValid(row) && integers.Values<long>()[row] > 0);
            }
        }

        return tiles;
    }

    /// <summary>The columns of the view for the week that has so many tiles before it.</summary>
    private static object?[] Expected(Tile[] tiles, int week)
    {
        var all = tiles[..week];
        Tile[] window = week >= 13 ? tiles[(week - 13)..week] : [.. new Tile[13 - week], .. all];
        var merged = Thirteen(window);
        var everything = all.Length == 0 ? default : all.Aggregate(Tile.Merge);
        return
        [
            merged.Rows, everything.Floats,
            merged.Floats == 0 ? null : merged.Sum,
            merged.Integers == 0 ? null : merged.Exact,
            everything.Floats == 0 ? null : everything.Sum,
            merged.Floats == 0 ? null : merged.M2 / merged.Floats,
            merged.Floats == 0 ? null : merged.Max,
            merged.Kept == 0 ? null : merged.KeptSum,
        ];
    }

    /// <summary>Rule 4 for 13 weeks: B8 + (B4 + B1).</summary>
    private static Tile Thirteen(Tile[] t)
    {
        var four = (int i) => Tile.Merge(Tile.Merge(t[i], t[i + 1]), Tile.Merge(t[i + 2], t[i + 3]));
        return Tile.Merge(Tile.Merge(four(0), four(4)), Tile.Merge(four(8), t[12]));
    }

    private struct Tile
    {
        public long Rows, Integers, Floats, Exact, Kept;
        public double Sum, KeptSum, Mean, M2, Max;

        public void Add(double x, bool isKept)
        {
            Max = Floats == 0 ? x : Math.Max(Max, x);
            Floats++;
            Sum += x;
            var d = x - Mean;
            Mean += d / Floats;
            M2 += d * (x - Mean);
            Kept += isKept ? 1 : 0;
            KeptSum += isKept ? x : 0.0;
        }

        public static Tile Merge(Tile a, Tile b)
        {
            double n = a.Floats + b.Floats;
            var d = b.Mean - a.Mean;
            var (mean, m2) = (a.Floats, b.Floats) switch
            {
                (0, _) => (b.Mean, b.M2),
                (_, 0) => (a.Mean, a.M2),
                _ => (a.Mean + (d * (b.Floats / n)), a.M2 + b.M2 + (d * d * (a.Floats * (b.Floats / n)))),
            };
            return new Tile
            {
                Rows = a.Rows + b.Rows,
                Integers = a.Integers + b.Integers,
                Floats = a.Floats + b.Floats,
                Exact = a.Exact + b.Exact,
                Kept = a.Kept + b.Kept,
                Sum = a.Sum + b.Sum,
                KeptSum = a.KeptSum + b.KeptSum,
                Mean = mean,
                M2 = m2,
                Max = a.Floats == 0 ? b.Max : b.Floats == 0 ? a.Max : Math.Max(a.Max, b.Max),
            };
        }
    }
}
