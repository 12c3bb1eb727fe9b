using System.Numerics;

namespace FeatureService.Engine.Kernels;

/// <summary>A hash table from values to cells that is emptied at once: entries of an older round do not count.</summary>
internal sealed class LastCellTable
{
    private const int SmallMax = 1024;

    // Codes of texts are mostly few: they need no hash.
    private readonly SmallEntry[] _small = new SmallEntry[SmallMax];
    private Entry[] _entries = new Entry[256];
    private int _count;
    private int _round;

    private struct Entry
    {
        public long Key;
        public int Cell;
        public int Round;
    }

    private struct SmallEntry
    {
        public int Cell;
        public int Round;
    }

    /// <summary>Forgets every value.</summary>
    public void Clear()
    {
        _count = 0;
        if (++_round == int.MaxValue)
        {
            Array.Clear(_entries);
            Array.Clear(_small);
            _round = 1;
        }
    }

    /// <summary>The cell of a value; 0 of one that is new.</summary>
    public ref int Of(long key)
    {
        if ((ulong)key >= SmallMax)
        {
            return ref OfLarge(key);
        }

        ref var small = ref _small[key];
        if (small.Round != _round)
        {
            small = new SmallEntry { Round = _round };
        }

        return ref small.Cell;
    }

    private ref int OfLarge(long key)
    {
        if (_count * 2 >= _entries.Length)
        {
            Grow();
        }

        ref var entry = ref Find(_entries, key);
        if (entry.Round != _round)
        {
            entry = new Entry { Key = key, Round = _round };
            _count++;
        }

        return ref entry.Cell;
    }

    private ref Entry Find(Entry[] entries, long key)
    {
        // Fibonacci hashing: the top bits of the product depend on all of the key.
        var index = (int)((ulong)key * 0x9E37_79B9_7F4A_7C15 >> (64 - BitOperations.Log2((uint)entries.Length)));
        while (entries[index].Round == _round && entries[index].Key != key)
        {
            index = (index + 1) & (entries.Length - 1);
        }

        return ref entries[index];
    }

    private void Grow()
    {
        var larger = new Entry[_entries.Length * 4];
        foreach (var entry in _entries)
        {
            if (entry.Round == _round)
            {
                Find(larger, entry.Key) = entry;
            }
        }

        _entries = larger;
    }
}
