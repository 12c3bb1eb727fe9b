using System.Runtime.InteropServices;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;

namespace FeatureService.Engine.Snapshots;

/// <summary>Merges one slice of several segments of a source by (entity, time, generation) into new memory.</summary>
internal static class SegmentMerge
{
    /// <summary>Merges.</summary>
    /// <param name="parts">The slice in each segment, older generations first.</param>
    public static SegmentEvents Merge(IReadOnlyList<SegmentEvents> parts)
    {
        var keys = new KeyListBuilder(parts[0].Keys.Type);
        var entityFirstCutoffs = new List<int>();
        var eventStarts = new List<int> { 0 };
        var order = new List<(int Part, int Event)>();
        var next = new int[parts.Count];
        EntityKeys[] lists = [.. parts.Select(part => part.Keys)];
        while (KeyListBuilder.Least(lists, next) is var least && least >= 0)
        {
            keys.Add(parts[least].Keys, next[least]);
            entityFirstCutoffs.Add(AppendEntity(parts, next, least, order));
            eventStarts.Add(order.Count);
        }

        return new SegmentEvents
        {
            Keys = keys.Build(),
            EntityFirstCutoffs = entityFirstCutoffs.ToArray(),
            EventStarts = eventStarts.ToArray(),
            Times = parts.All(part => part.Times.IsEmpty) ? default : Gather(order, parts, part => part.Times),
            FirstCutoffs = parts.All(part => part.FirstCutoffs.IsEmpty) ? default : Gather(order, parts, part => part.FirstCutoffs),
            Columns = [.. parts[0].Columns.Select((_, i) => MergeColumn(order, [.. parts.Select(part => part.Columns[i])]))],
        };
    }

    /// <summary>Appends the events of one entity in their order and moves every part that has it on.</summary>
    /// <returns>The entity's first cutoff.</returns>
    private static int AppendEntity(IReadOnlyList<SegmentEvents> parts, int[] next, int least, List<(int Part, int Event)> order)
    {
        var firstCutoff = SourceEvents.Never;
        var start = order.Count;
        // The least key may be the one that the loop moves on, so others are compared with where it was.
        var (leastKeys, leastIndex) = (parts[least].Keys, next[least]);
        for (var p = 0; p < parts.Count; p++)
        {
            var part = parts[p];
            if (next[p] == part.Keys.Count || SegmentEvents.Compare(part.Keys, next[p], leastKeys, leastIndex) != 0)
            {
                continue;
            }

            firstCutoff = Math.Min(firstCutoff, part.EntityFirstCutoffs.Span[next[p]]);
            for (var e = part.EventStarts.Span[next[p]]; e < part.EventStarts.Span[next[p] + 1]; e++)
            {
                order.Add((p, e));
            }

            next[p]++;
        }

        if (!parts[least].Times.IsEmpty)
        {
            var ordered = order.Skip(start).OrderBy(e => parts[e.Part].Times.Span[e.Event]).ToArray();
            ordered.CopyTo(CollectionsMarshal.AsSpan(order)[start..]);
        }

        return firstCutoff;
    }

    private static T[] Gather<T>(List<(int Part, int Event)> order, IReadOnlyList<SegmentEvents> parts, Func<SegmentEvents, ReadOnlyMemory<T>> from)
    {
        var values = new T[order.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = from(parts[order[i].Part]).Span[order[i].Event];
        }

        return values;
    }

    private static EventColumn MergeColumn(List<(int Part, int Event)> order, EventColumn[] columns)
    {
        var type = columns[0].Type;
        var (dictionary, codes) = type == ColumnType.String ? DictionaryMerge.Merge(columns) : (null, null);
        var width = type switch { ColumnType.Bool => 0, ColumnType.String => sizeof(int), _ => type.Width() };
        var data = new byte[width == 0 ? Bitmap.Bytes(order.Count) : order.Count * width];
        var validity = columns.All(column => column.Validity.IsEmpty) ? null : new byte[Bitmap.Bytes(order.Count)];
        for (var i = 0; i < order.Count; i++)
        {
            var (part, e) = order[i];
            var column = columns[part];
            if (!column.IsValid(e))
            {
                continue;
            }

            if (validity is not null)
            {
                Bitmap.Set(validity, i);
            }

            if (width == 0)
            {
                if (Bitmap.Get(column.Data.Span, e))
                {
                    Bitmap.Set(data, i);
                }
            }
            else if (codes is not null)
            {
                MemoryMarshal.Cast<byte, int>(data.AsSpan())[i] = codes[part][column.Values<int>()[e]];
            }
            else
            {
                column.Data.Span.Slice(e * width, width).CopyTo(data.AsSpan(i * width));
            }
        }

        return new EventColumn { Type = type, Data = data, Validity = validity, Dictionary = dictionary };
    }
}
