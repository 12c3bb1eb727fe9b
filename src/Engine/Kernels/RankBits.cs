using System.Numerics;
using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Kernels;

/// <summary>A set of ranks as bits, with counts by block, so that the k-th is found without looking at all of them.</summary>
internal readonly unsafe struct RankBits
{
    private const int WordsPerBlock = 64;
    private const int BlockShift = 12;

    private readonly ulong* _words;
    private readonly int* _blocks;

    /// <summary>Room for ranks below a number.</summary>
    public RankBits(int count, Arena arena)
    {
        _words = arena.Take<ulong>(BitWords.Count(count) + 1);
        _blocks = arena.Take<int>((count >> BlockShift) + 1);
    }

    /// <summary>Removes all ranks.</summary>
    /// <param name="count">All ranks are below.</param>
    public void Clear(int count)
    {
        new Span<ulong>(_words, (int)BitWords.Count(count)).Clear();
        new Span<int>(_blocks, (count >> BlockShift) + 1).Clear();
    }

    /// <summary>Adds a rank that is not there.</summary>
    public void Add(int rank)
    {
        _words[rank >> 6] |= 1UL << (rank & 63);
        _blocks[rank >> BlockShift]++;
    }

    /// <summary>Removes a rank that is there.</summary>
    public void Remove(int rank)
    {
        _words[rank >> 6] &= ~(1UL << (rank & 63));
        _blocks[rank >> BlockShift]--;
    }

    /// <summary>The rank that has so many others before it; there are more.</summary>
    public int Select(int before)
    {
        var block = 0;
        while (_blocks[block] <= before)
        {
            before -= _blocks[block++];
        }

        var word = block * WordsPerBlock;
        for (var count = BitOperations.PopCount(_words[word]); count <= before; count = BitOperations.PopCount(_words[word]))
        {
            before -= count;
            word++;
        }

        return (word << 6) + SelectBit(_words[word], before);
    }

    /// <summary>The next rank behind one; there is one.</summary>
    public int Next(int rank)
    {
        rank++;
        var word = rank >> 6;
        var bits = _words[word] & (ulong.MaxValue << (rank & 63));
        while (bits == 0)
        {
            bits = _words[++word];
        }

        return (word << 6) + BitOperations.TrailingZeroCount(bits);
    }

    /// <summary>The place of the bit that has so many others below it, by halves; without branches, which nothing could predict.</summary>
    private static int SelectBit(ulong word, int below)
    {
        var place = 0;
        for (var half = 32; half > 0; half >>= 1)
        {
            var count = BitOperations.PopCount(word & ((1UL << half) - 1));
            // All ones where the bit lies in the upper half.
            var isUpper = (count - 1 - below) >> 31;
            below -= count & isUpper;
            word >>= half & isUpper;
            place += half & isUpper;
        }

        return place;
    }
}
