using FeatureService.Core.Columns;

namespace FeatureService.Core.Keys;

/// <summary>A list of keys of one type, as columns hold them.</summary>
public sealed class EntityKeys
{
    private readonly ReadOnlyMemory<long> _numbers;
    private readonly StringTable? _texts;

    /// <summary>Integer keys.</summary>
    /// <param name="numbers">The keys.</param>
    public EntityKeys(ReadOnlyMemory<long> numbers)
    {
        _numbers = numbers;
        Count = numbers.Length;
    }

    /// <summary>Text keys.</summary>
    /// <param name="texts">The keys.</param>
    public EntityKeys(StringTable texts)
    {
        _texts = texts;
        Count = texts.Count;
    }

    /// <summary>Number of keys.</summary>
    public int Count { get; }

    /// <summary>The type of all keys.</summary>
    public EntityKeyType Type => _texts is null ? EntityKeyType.Int64 : EntityKeyType.String;

    /// <summary>The integers; none where the keys are texts.</summary>
    public ReadOnlySpan<long> Numbers => _numbers.Span;

    /// <summary>The texts; null where the keys are integers.</summary>
    public StringTable? Texts => _texts;

    /// <summary>One key.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    public EntityKey this[int index] => _texts is null ? EntityKey.Of(_numbers.Span[index]) : EntityKey.Of(_texts[index]);

    /// <summary>A run of the keys, over the same memory.</summary>
    /// <param name="first">First key of the run.</param>
    /// <param name="count">Number of keys.</param>
    public EntityKeys Slice(int first, int count) =>
        _texts is null
            ? new EntityKeys(_numbers.Slice(first, count))
            : new EntityKeys(new StringTable(count, _texts.OffsetBytes.Slice(first * sizeof(int), (count + 1) * sizeof(int)), _texts.Utf8));

    /// <summary>Place of a key in an ascending list.</summary>
    /// <param name="key">A key of the list's type.</param>
    /// <returns>Its index, or the complement of where it would stand.</returns>
    public int BinarySearch(EntityKey key)
    {
        var low = 0;
        var high = Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = _texts is null ? _numbers.Span[middle].CompareTo(key.Number) : _texts[middle].SequenceCompareTo(key.Utf8);
            if (order == 0)
            {
                return middle;
            }

            if (order < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return ~low;
    }
}
