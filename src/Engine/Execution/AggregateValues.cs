using System.Runtime.Intrinsics;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Expressions;
using FeatureService.Engine.Kernels;

namespace FeatureService.Engine.Execution;

/// <summary>From the states of a window to the values of an aggregate, by cell.</summary>
internal static unsafe class AggregateValues
{
    /// <summary>The value of the first or last event.</summary>
    public static Lanes Edge(EventSet set, EventSpan span, long* values, ColumnType type, bool isFirst, Arena arena)
    {
        var cells = set.Batch.CellCount;
        var target = OfEdge(set, span, values, isFirst, arena);
        var counts = span.Counts;
        for (nint i = 0; i < cells; i += Vector512<long>.Count)
        {
            // What is not there must not be a code outside a table.
            var isThere = Vector512.GreaterThan(Widening.Longs(counts + i), Vector512<long>.Zero);
            (Vector512.Load(target + i) & isThere).Store(target + i);
        }

        return Lanes.Of(type == ColumnType.Bool ? Bits(target, cells, arena) : target) with { Valid = span.NonEmpty };
    }

    /// <summary>Days from the first or last event to the window's end.</summary>
    public static Lanes DaysSince(EventSet set, EventSpan span, long[] ends, bool isFirst, Arena arena)
    {
        var batch = set.Batch;
        var times = OfEdge(set, span, set.Times, isFirst, arena);
        var day = Vector512.Create((double)Instants.MicrosPerDay);
        for (var stretch = 0; stretch < batch.Count; stretch++)
        {
            var target = times + batch.CellStarts[stretch];
            var count = batch.WeekCounts[stretch];
            fixed (long* own = &ends[batch.FirstWeeks[stretch]])
            {
                nint i = 0;
                for (; i + Vector512<long>.Count <= count; i += Vector512<long>.Count)
                {
                    var micros = Vector512.Load(own + i) - Vector512.Load(target + i);
                    (Vector512.ConvertToDouble(micros) / day).AsInt64().Store(target + i);
                }

                for (; i < count; i++)
                {
                    target[i] = BitConverter.DoubleToInt64Bits((own[i] - target[i]) / (double)Instants.MicrosPerDay);
                }
            }
        }

        return Lanes.Of(times) with { Valid = span.NonEmpty };
    }

    /// <summary>What the first or last event of each cell has; of a cell without events what some other has.</summary>
    private static long* OfEdge(EventSet set, EventSpan span, long* values, bool isFirst, Arena arena)
    {
        var batch = set.Batch;
        var target = arena.Take<long>(batch.CellCount);
        var last = Math.Max(set.Count - 1, 0);
        for (var stretch = 0; stretch < batch.Count; stretch++)
        {
            var cells = target + batch.CellStarts[stretch];
            var count = batch.WeekCounts[stretch];
            if (isFirst)
            {
                var lows = span.LowsOf(stretch);
                for (nint i = 0; i < count; i++)
                {
                    cells[i] = values[Math.Min(lows[i], last)];
                }
            }
            else
            {
                var highs = span.HighsOf(stretch);
                for (nint i = 0; i < count; i++)
                {
                    cells[i] = values[Math.Max(highs[i] - 1, 0)];
                }
            }
        }

        return target;
    }

    /// <summary>Sum of int64; a sum beyond 64 bits is in error.</summary>
    public static Lanes IntegerSum(in IntegerSums sums, EventSpan span, WindowShape shape, int cells, Arena arena)
    {
        var target = arena.Take<long>(cells);
        if (!sums.IsWide)
        {
            sums.Narrow(span, shape, target);
            return Lanes.Of(target) with { Valid = span.NonEmpty };
        }

        var exact = arena.Take<Int128>(cells);
        sums.Wide(span, shape, exact);
        var errors = arena.TakeCleared<ulong>(BitWords.Count(cells));
        for (var i = 0; i < cells; i++)
        {
            target[i] = (long)(ulong)(UInt128)exact[i];
            if (exact[i] != target[i])
            {
                BitWords.Set(errors, i);
            }
        }

        return Lanes.Of(target) with { Valid = Without(span.NonEmpty, errors, cells, arena), Errors = errors };
    }

    /// <summary>Average of int64: the exact sum rounded once, by the count.</summary>
    public static Lanes IntegerAverage(in IntegerSums sums, EventSpan span, WindowShape shape, int cells, Arena arena)
    {
        var exact = arena.Take<Int128>(cells);
        sums.Wide(span, shape, exact);
        var target = arena.Take<double>(cells);
        for (var i = 0; i < cells; i++)
        {
            target[i] = (double)exact[i] / span.Counts[i];
        }

        return Lanes.Of(target) with { Valid = span.NonEmpty };
    }

    /// <summary>Average of float64.</summary>
    public static Lanes FloatAverage(in Planes sums, EventSpan span, int cells, Arena arena)
    {
        var target = arena.Take<double>(cells);
        var counts = span.Counts;
        for (nint i = 0; i < cells; i += Vector512<double>.Count)
        {
            (Vector512.Load((double*)sums.First + i) / Widening.Doubles(counts + i)).Store(target + i);
        }

        return Lanes.Of(target) with { Valid = span.NonEmpty };
    }

    /// <summary>Least or greatest value, from its key.</summary>
    public static Lanes Extreme(in Planes keys, EventSpan span, ColumnType type, int cells, Arena arena)
    {
        if (type == ColumnType.Bool)
        {
            return Lanes.Of(Bits((long*)keys.First, cells, arena)) with { Valid = span.NonEmpty };
        }

        if (type == ColumnType.Float64)
        {
            for (nint i = 0; i < cells; i += 8)
            {
                PackedValues.FloatOf(Vector512.Load((long*)keys.First + i)).Store((double*)keys.First + i);
            }
        }

        return Lanes.Of(keys.First) with { Valid = span.NonEmpty };
    }

    /// <summary>Variance or standard deviation of a population or a sample.</summary>
    public static Lanes Deviation(in Planes moments, EventSpan span, AggregateFunction function, int cells, Arena arena)
    {
        var less = function is AggregateFunction.VarSamp or AggregateFunction.StddevSamp ? 1 : 0;
        var root = function is AggregateFunction.StddevPop or AggregateFunction.StddevSamp;
        var target = arena.Take<double>(cells);
        var lost = Vector512.Create((double)less);
        for (nint i = 0; i < cells; i += Vector512<double>.Count)
        {
            var variance = Vector512.Load((double*)moments.Third + i) / (Vector512.Load((double*)moments.First + i) - lost);
            (root ? Vector512.Sqrt(variance) : variance).Store(target + i);
        }

        return Lanes.Of(target) with { Valid = span.AtLeast(1 + less) };
    }

    /// <summary>Values with the cells in error whose windows hold an event in error.</summary>
    public static Lanes WithErrors(Lanes values, EventSpan errors, int cells, Arena arena)
    {
        // A null pointer says that all cells have such an event.
        var bits = arena.Take<ulong>(BitWords.Count(cells));
        for (var word = 0; word < BitWords.Count(cells); word++)
        {
            bits[word] = values.ErrorWord(word) | (errors.NonEmpty == null ? ulong.MaxValue : errors.NonEmpty[word]);
        }

        return values with { Valid = Without(values.Valid, bits, cells, arena), Errors = bits };
    }

    /// <summary>Bools from 1 and 0; a cell without events has anything.</summary>
    public static ulong* Bits(long* values, int cells, Arena arena)
    {
        var bits = arena.TakeCleared<ulong>(BitWords.Count(cells));
        for (var i = 0; i < cells; i++)
        {
            bits[i >> 6] |= (ulong)(values[i] & 1) << (i & 63);
        }

        return bits;
    }

    private static ulong* Without(ulong* valid, ulong* errors, int cells, Arena arena)
    {
        var bits = arena.Take<ulong>(BitWords.Count(cells));
        for (var word = 0; word < BitWords.Count(cells); word++)
        {
            bits[word] = (valid == null ? ulong.MaxValue : valid[word]) & ~errors[word];
        }

        return bits;
    }
}
