using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;

namespace FeatureService.Engine.Snapshots;

/// <summary>
/// Lays runs of events out as the bytes that a digest hashes: key, number of events, and column by column whether all have a value,
/// else which, and the values. Many runs are laid out together, a column at a time: most hold a few events only.
/// </summary>
/// <param name="keys">The entities.</param>
/// <param name="columns">The source's columns by event number.</param>
internal ref struct DigestRuns(EntityKeys keys, ReadOnlySpan<EventColumn> columns)
{
    private const int EventsMax = 4096;

    private readonly ReadOnlySpan<EventColumn> _columns = columns;
    private readonly List<Run> _runs = [];
    private byte[] _bytes = [];
    private int _events;

    /// <summary>Whether there are enough runs to hash.</summary>
    public readonly bool IsFull => _events >= EventsMax;

    /// <summary>Adds a run.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="start">Its first event.</param>
    /// <param name="stop">The event behind the last.</param>
    /// <param name="period">Index of its period.</param>
    public void Add(int entity, int start, int stop, int period)
    {
        _runs.Add(new Run(entity, start, stop, period));
        _events += stop - start;
    }

    /// <summary>Hashes the runs, each into its period's hash, and forgets them.</summary>
    public void AppendTo(XxHash128?[] hashes)
    {
        var runs = CollectionsMarshal.AsSpan(_runs);
        var length = Place(runs);
        if (_bytes.Length < length)
        {
            Free();
            _bytes = ArrayPool<byte>.Shared.Rent(length);
        }

        WriteKeys(runs);
        foreach (var column in _columns)
        {
            WriteColumn(runs, column);
        }

        for (var i = 0; i < runs.Length; i++)
        {
            var first = i == 0 ? 0 : runs[i - 1].Filled;
            (hashes[runs[i].Period] ??= new XxHash128()).Append(_bytes.AsSpan(first, runs[i].Filled - first));
        }

        _runs.Clear();
        _events = 0;
    }

    /// <summary>Gives the memory for bytes back.</summary>
    public void Free()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    /// <summary>Finds where each run's bytes begin.</summary>
    /// <returns>The bytes of all.</returns>
    private readonly int Place(Span<Run> runs)
    {
        foreach (ref var run in runs)
        {
            run.Filled = (keys.Texts is { } texts ? sizeof(int) + texts[run.Entity].Length : sizeof(long)) + sizeof(int) + _columns.Length;
        }

        foreach (var column in _columns)
        {
            AddBytes(runs, column);
        }

        var length = 0;
        foreach (ref var run in runs)
        {
            (run.Filled, length) = (length, checked(length + run.Filled));
        }

        return length;
    }

    /// <summary>Adds the bytes of a column's values, and of what says which are there.</summary>
    private static void AddBytes(Span<Run> runs, EventColumn column)
    {
        var width = column.Type switch { ColumnType.Bool => 1, ColumnType.String => sizeof(int), _ => column.Type.Width() };
        var isNullable = !column.Validity.IsEmpty;
        var codes = column.Type == ColumnType.String ? column.Values<int>() : default;
        var offsets = column.Type == ColumnType.String ? column.Dictionary!.Offsets : default;
        foreach (ref var run in runs)
        {
            var nulls = isNullable ? Nulls(column, run) : 0;
            run.Filled += ((run.Stop - run.Start) * width) + (nulls == 0 ? 0 : run.Stop - run.Start);
            for (var e = run.Start; e < run.Stop && column.Type == ColumnType.String; e++)
            {
                run.Filled += nulls == 0 || column.IsValid(e) ? offsets[codes[e] + 1] - offsets[codes[e]] : 0;
            }
        }
    }

    private readonly void WriteKeys(Span<Run> runs)
    {
        var numbers = keys.Numbers;
        foreach (ref var run in runs)
        {
            if (keys.Texts is { } texts)
            {
                WriteText(ref run, texts[run.Entity]);
            }
            else
            {
                BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(run.Filled), numbers[run.Entity]);
                run.Filled += sizeof(long);
            }

            BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(run.Filled), run.Stop - run.Start);
            run.Filled += sizeof(int);
        }
    }

    private readonly void WriteColumn(Span<Run> runs, EventColumn column)
    {
        var data = column.Data.Span;
        var isNullable = !column.Validity.IsEmpty;
        foreach (ref var run in runs)
        {
            // What is absent in one file may be present in another: only the run's own nulls count.
            var nulls = isNullable ? Nulls(column, run) : 0;
            _bytes[run.Filled++] = nulls == 0 ? (byte)1 : (byte)0;
            if (nulls != 0)
            {
                WriteBits(ref run, column.Validity.Span);
            }

            if (column.Type == ColumnType.Bool)
            {
                WriteBits(ref run, data);
            }
            else if (column.Type != ColumnType.String)
            {
                var width = column.Type.Width();
                var values = data[(run.Start * width)..(run.Stop * width)];
                values.CopyTo(_bytes.AsSpan(run.Filled));
                run.Filled += values.Length;
            }
            else
            {
                WriteTexts(ref run, column, nulls == 0);
            }
        }
    }

    private readonly void WriteTexts(ref Run run, EventColumn column, bool all)
    {
        var codes = column.Values<int>();
        var offsets = column.Dictionary!.Offsets;
        var utf8 = column.Dictionary.Utf8.Span;
        for (var e = run.Start; e < run.Stop; e++)
        {
            WriteText(ref run, all || column.IsValid(e) ? utf8[offsets[codes[e]]..offsets[codes[e] + 1]] : default);
        }
    }

    private readonly void WriteText(ref Run run, ReadOnlySpan<byte> text)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(run.Filled), text.Length);
        text.CopyTo(_bytes.AsSpan(run.Filled + sizeof(int)));
        run.Filled += sizeof(int) + text.Length;
    }

    private readonly void WriteBits(ref Run run, ReadOnlySpan<byte> bits)
    {
        for (var e = run.Start; e < run.Stop; e++)
        {
            _bytes[run.Filled++] = Bitmap.Get(bits, e) ? (byte)1 : (byte)0;
        }
    }

    private static int Nulls(EventColumn column, Run run)
    {
        var bits = column.Validity.Span;
        var nulls = 0;
        for (var e = run.Start; e < run.Stop; e++)
        {
            nulls += Bitmap.Get(bits, e) ? 0 : 1;
        }

        return nulls;
    }

    /// <summary>Events of one entity in one period.</summary>
    private record struct Run(int Entity, int Start, int Stop, int Period)
    {
        /// <summary>While bytes are counted their number, then where the next go.</summary>
        public int Filled { get; set; }
    }
}
