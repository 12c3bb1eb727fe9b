using System.Runtime.InteropServices;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;

namespace FeatureService.Engine.Snapshots;

/// <summary>Merges the sorted dictionaries of one column in several segments.</summary>
internal static class DictionaryMerge
{
    /// <summary>Merges.</summary>
    /// <param name="columns">The column in each segment.</param>
    /// <returns>The merged dictionary, and for each segment the new code of each old one.</returns>
    public static (StringTable Dictionary, int[][] Codes) Merge(IReadOnlyList<EventColumn> columns)
    {
        EntityKeys[] texts = [.. columns.Select(column => new EntityKeys(column.Dictionary!))];
        var merged = new KeyListBuilder(EntityKeyType.String);
        var codes = texts.Select(list => new int[list.Count]).ToArray();
        var next = new int[texts.Length];
        while (KeyListBuilder.Least(texts, next) is var least && least >= 0)
        {
            var (leastTexts, leastIndex) = (texts[least], next[least]);
            merged.Add(leastTexts, leastIndex);
            for (var i = 0; i < texts.Length; i++)
            {
                if (next[i] < texts[i].Count && SegmentEvents.Compare(texts[i], next[i], leastTexts, leastIndex) == 0)
                {
                    codes[i][next[i]++] = merged.Count - 1;
                }
            }
        }

        return (merged.Build().Texts!, codes);
    }
}

/// <summary>Collects keys into a list of its own memory.</summary>
/// <param name="type">The type of the keys.</param>
internal sealed class KeyListBuilder(EntityKeyType type)
{
    private readonly List<long> _numbers = [];
    private readonly List<int> _offsets = [0];
    private readonly List<byte> _texts = [];

    /// <summary>Number of keys.</summary>
    public int Count => type == EntityKeyType.Int64 ? _numbers.Count : _offsets.Count - 1;

    /// <summary>Which of several ascending lists stands at the least key; the first of equals, -1 where all are at their end.</summary>
    public static int Least(ReadOnlySpan<EntityKeys> lists, ReadOnlySpan<int> next)
    {
        var least = -1;
        for (var i = 0; i < lists.Length; i++)
        {
            if (next[i] < lists[i].Count
                && (least < 0 || SegmentEvents.Compare(lists[i], next[i], lists[least], next[least]) < 0))
            {
                least = i;
            }
        }

        return least;
    }

    /// <summary>Adds one key of a list.</summary>
    public void Add(EntityKeys keys, int index)
    {
        if (type == EntityKeyType.Int64)
        {
            _numbers.Add(keys.Numbers[index]);
            return;
        }

        _texts.AddRange(keys.Texts![index]);
        _offsets.Add(_texts.Count);
    }

    /// <summary>The list.</summary>
    public EntityKeys Build() => type == EntityKeyType.Int64
        ? new EntityKeys(_numbers.ToArray())
        : new EntityKeys(new StringTable(_offsets.Count - 1, MemoryMarshal.AsBytes<int>(_offsets.ToArray()).ToArray(), _texts.ToArray()));
}
