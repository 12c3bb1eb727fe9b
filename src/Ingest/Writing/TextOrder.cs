using System.Buffers;
using FeatureService.Core.Columns;
using FeatureService.Ingest.Loading;

namespace FeatureService.Ingest.Writing;

/// <summary>The texts of one column of a source in the order of their bytes.</summary>
internal sealed class TextOrder
{
    // Where a column has more texts, its partitions have few of them each: finding theirs by sorting takes less memory.
    private const int TableTextsMax = 1 << 16;

    private readonly TextTable _texts;
    private readonly int[] _ranks;
    private readonly int[] _byRank;

    /// <summary>Orders texts.</summary>
    public TextOrder(TextTable texts)
    {
        _texts = texts;
        _ranks = texts.Ranks();
        _byRank = new int[_ranks.Length];
        for (var code = 0; code < _ranks.Length; code++)
        {
            _byRank[_ranks[code]] = code;
        }
    }

    /// <summary>Bytes in memory.</summary>
    public long Bytes => (_ranks.Length + _byRank.Length) * (long)sizeof(int);

    /// <summary>Makes the dictionary of some events: the texts that they use, ascending.</summary>
    /// <param name="codes">The events' codes into the source's texts; replaced by those into the dictionary, 0 for null.</param>
    /// <param name="valid">Which have a text; empty where all have.</param>
    public StringTable Select(Span<int> codes, ReadOnlySpan<bool> valid)
    {
        var used = _ranks.Length <= TableTextsMax ? SelectByTable(codes, valid) : SelectBySorting(codes, valid);
        return _texts.Select(Array.ConvertAll(used, rank => _byRank[rank]));
    }

    private int[] SelectByTable(Span<int> codes, ReadOnlySpan<bool> valid)
    {
        var places = ArrayPool<int>.Shared.Rent(_ranks.Length);
        try
        {
            places.AsSpan(0, _ranks.Length).Clear();
            for (var i = 0; i < codes.Length; i++)
            {
                if (valid.IsEmpty || valid[i])
                {
                    places[codes[i]] = 1;
                }
            }

            var used = new List<int>();
            for (var rank = 0; rank < _byRank.Length; rank++)
            {
                if (places[_byRank[rank]] == 1)
                {
                    places[_byRank[rank]] = used.Count;
                    used.Add(rank);
                }
            }

            for (var i = 0; i < codes.Length; i++)
            {
                codes[i] = valid.IsEmpty || valid[i] ? places[codes[i]] : 0;
            }

            return [.. used];
        }
        finally
        {
            ArrayPool<int>.Shared.Return(places);
        }
    }

    private int[] SelectBySorting(Span<int> codes, ReadOnlySpan<bool> valid)
    {
        var ranks = new int[codes.Length];
        var count = 0;
        for (var i = 0; i < codes.Length; i++)
        {
            if (valid.IsEmpty || valid[i])
            {
                ranks[count++] = _ranks[codes[i]];
            }
        }

        Array.Sort(ranks, 0, count);
        var distinct = 0;
        for (var i = 0; i < count; i++)
        {
            if (i == 0 || ranks[i] != ranks[i - 1])
            {
                ranks[distinct++] = ranks[i];
            }
        }

        for (var i = 0; i < codes.Length; i++)
        {
            codes[i] = valid.IsEmpty || valid[i] ? Array.BinarySearch(ranks, 0, distinct, _ranks[codes[i]]) : 0;
        }

        return ranks[..distinct];
    }
}
