using System.Runtime.InteropServices;
using FeatureService.Core.Columns;
using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Execution;

/// <summary>Brings the events of a batch into the lanes of a program: in place where they lie together, else by copying.</summary>
internal static unsafe class ColumnReader
{
    private const int VectorBytes = 64;

    /// <summary>The values of a column.</summary>
    public static Lanes Read(PinnedColumn column, EventRuns events, Arena arena)
    {
        void* data = column.Type switch
        {
            ColumnType.Bool => Bits(column.Data, events, arena),
            ColumnType.Date or ColumnType.String => Widened((int*)column.Data, events, arena),
            _ => InPlace(column, events) ? (long*)column.Data + events.Runs[0].Start : Copied((long*)column.Data, events, arena),
        };
        return Lanes.Of(data) with { Valid = column.Validity == null ? null : Validity(column.Validity, events, arena) };
    }

    /// <summary>Values of a run of events, in place where there is one run.</summary>
    public static T* Read<T>(T* values, EventRuns events, Arena arena)
        where T : unmanaged => events.Runs.Count == 1 ? values + events.Runs[0].Start : Copied(values, events, arena);

    /// <summary>Loops in whole vectors read up to one vector behind the last event: that must be memory of the column.</summary>
    private static bool InPlace(PinnedColumn column, EventRuns events) =>
        events.Runs.Count == 1
        && ((long)events.Runs[0].Start + events.Count) * sizeof(long) + VectorBytes <= column.DataBytes;

    private static T* Copied<T>(T* values, EventRuns events, Arena arena)
        where T : unmanaged
    {
        var target = arena.Take<T>(events.Count);
        var at = target;
        foreach (var (start, count) in events.Runs)
        {
            NativeMemory.Copy(values + start, at, (nuint)count * (nuint)sizeof(T));
            at += count;
        }

        return target;
    }

    private static long* Widened(int* values, EventRuns events, Arena arena)
    {
        var target = arena.Take<long>(events.Count);
        var at = target;
        foreach (var (start, count) in events.Runs)
        {
            for (var i = 0; i < count; i++)
            {
                *at++ = values[start + i];
            }
        }

        return target;
    }

    private static ulong* Bits(byte* bits, EventRuns events, Arena arena)
    {
        var target = arena.TakeCleared<ulong>(BitWords.Count(events.Count));
        var at = 0;
        foreach (var (start, count) in events.Runs)
        {
            BitWords.Copy(bits, start, target, at, count);
            at += count;
        }

        return target;
    }

    /// <summary>Bits of validity; a null pointer where all are valid.</summary>
    private static ulong* Validity(byte* bits, EventRuns events, Arena arena)
    {
        var target = Bits(bits, events, arena);
        return BitWords.PopCount(target, events.Count) == events.Count ? null : target;
    }
}
