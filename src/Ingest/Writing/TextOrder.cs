using FeatureService.Core.Columns;
using FeatureService.Ingest.Loading;

namespace FeatureService.Ingest.Writing;

/// <summary>The texts of one column of a source in the order of their bytes.</summary>
internal sealed class TextOrder
{
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

    /// <summary>The dictionary of some events: the texts that they use, ascending; and their codes into it.</summary>
    /// <param name="codes">The events' codes into the source's texts.</param>
    /// <param name="valid">Which have a text; empty where all have.</param>
    public (StringTable Dictionary, int[] Codes) Select(ReadOnlySpan<int> codes, ReadOnlySpan<bool> valid)
    {
        var used = Used(codes, valid);
        var local = new Dictionary<int, int>(used.Length);
        foreach (var rank in used)
        {
            local.Add(_byRank[rank], local.Count);
        }

        var mapped = new int[codes.Length];
        var (lastCode, lastLocal) = (-1, 0);
        for (var i = 0; i < codes.Length; i++)
        {
            if (!valid.IsEmpty && !valid[i])
            {
                continue;
            }

            if (codes[i] != lastCode)
            {
                (lastCode, lastLocal) = (codes[i], local[codes[i]]);
            }

            mapped[i] = lastLocal;
        }

        return (_texts.Select(Array.ConvertAll(used, rank => _byRank[rank])), mapped);
    }

    /// <summary>The ranks in use, ascending.</summary>
    private int[] Used(ReadOnlySpan<int> codes, ReadOnlySpan<bool> valid)
    {
        var ranks = new HashSet<int>();
        for (var i = 0; i < codes.Length; i++)
        {
            if (valid.IsEmpty || valid[i])
            {
                ranks.Add(_ranks[codes[i]]);
            }
        }

        int[] used = [.. ranks];
        Array.Sort(used);
        return used;
    }
}
