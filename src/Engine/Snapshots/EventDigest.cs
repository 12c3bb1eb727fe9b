using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;

namespace FeatureService.Engine.Snapshots;

/// <summary>
/// Digests of the events of a slice: XXH3-128 over keys and rows for each period of 16 weeks. They see values, not codes, so that
/// dictionaries, segments and files may be cut as they like.
/// </summary>
public static class EventDigest
{
    /// <summary>Weeks of a period.</summary>
    public const int PeriodWeeks = 16;

    /// <summary>Bytes of a digest.</summary>
    public const int DigestBytes = 16;

    /// <summary>The period of a week.</summary>
    /// <param name="week">Number of the week in which an event lies.</param>
    public static int PeriodOf(int week) => (int)Instants.FloorDivide(week, PeriodWeeks);

    /// <summary>Digests one source's events of a slice.</summary>
    /// <param name="keys">The entities.</param>
    /// <param name="eventStarts">For each entity its first event, and behind the last the end.</param>
    /// <param name="periods">For each event its period less the first one, not descending within an entity; empty for facts without time, which lie in period 0.</param>
    /// <param name="columns">The source's columns by event number.</param>
    /// <param name="digests">Room for a digest for each period; stays zero where a period has no events.</param>
    public static void Write(
        EntityKeys keys, ReadOnlySpan<int> eventStarts, ReadOnlySpan<int> periods, ReadOnlySpan<EventColumn> columns, Span<byte> digests)
    {
        var hashes = new XxHash128?[digests.Length / DigestBytes];
        var run = new List<byte>();
        for (var entity = 0; entity < keys.Count; entity++)
        {
            var end = eventStarts[entity + 1];
            for (var start = eventStarts[entity]; start < end;)
            {
                var period = periods.IsEmpty ? 0 : periods[start];
                var stop = start + 1;
                while (stop < end && (periods.IsEmpty || periods[stop] == period))
                {
                    stop++;
                }

                run.Clear();
                AppendKey(run, keys, entity);
                AppendInt32(run, stop - start);
                foreach (var column in columns)
                {
                    AppendValues(run, column, start, stop);
                }

                (hashes[period] ??= new XxHash128()).Append(CollectionsMarshal.AsSpan(run));
                start = stop;
            }
        }

        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i]?.GetCurrentHash(digests.Slice(i * DigestBytes, DigestBytes));
        }
    }

    private static void AppendKey(List<byte> run, EntityKeys keys, int entity)
    {
        if (keys.Texts is { } texts)
        {
            AppendInt32(run, texts[entity].Length);
            run.AddRange(texts[entity]);
            return;
        }

        BinaryPrimitives.WriteInt64LittleEndian(Grow(run, sizeof(long)), keys.Numbers[entity]);
    }

    private static void AppendValues(List<byte> run, EventColumn column, int start, int stop)
    {
        // What is absent in one file may be present in another: only the run's own nulls count.
        var nulls = 0;
        for (var e = start; e < stop && !column.Validity.IsEmpty; e++)
        {
            nulls += column.IsValid(e) ? 0 : 1;
        }

        run.Add(nulls == 0 ? (byte)1 : (byte)0);
        if (nulls != 0)
        {
            AppendBits(run, column.Validity.Span, start, stop);
        }

        if (column.Type == ColumnType.Bool)
        {
            AppendBits(run, column.Data.Span, start, stop);
        }
        else if (column.Type == ColumnType.String)
        {
            AppendTexts(run, column, start, stop);
        }
        else
        {
            var width = column.Type.Width();
            run.AddRange(column.Data.Span[(start * width)..(stop * width)]);
        }
    }

    private static void AppendTexts(List<byte> run, EventColumn column, int start, int stop)
    {
        var codes = column.Values<int>();
        for (var e = start; e < stop; e++)
        {
            var text = column.IsValid(e) ? column.Dictionary![codes[e]] : default;
            AppendInt32(run, text.Length);
            run.AddRange(text);
        }
    }

    private static void AppendBits(List<byte> run, ReadOnlySpan<byte> bits, int start, int stop)
    {
        var bytes = Grow(run, stop - start);
        for (var e = start; e < stop; e++)
        {
            bytes[e - start] = Bitmap.Get(bits, e) ? (byte)1 : (byte)0;
        }
    }

    private static void AppendInt32(List<byte> run, int value) => BinaryPrimitives.WriteInt32LittleEndian(Grow(run, sizeof(int)), value);

    private static Span<byte> Grow(List<byte> run, int count)
    {
        CollectionsMarshal.SetCount(run, run.Count + count);
        return CollectionsMarshal.AsSpan(run)[^count..];
    }
}
