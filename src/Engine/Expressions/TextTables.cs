using System.Text;
using FeatureService.Core.Columns;

namespace FeatureService.Engine.Expressions;

/// <summary>Sorted tables of distinct texts: ascending by their UTF-8 bytes, so that codes compare as texts do.</summary>
internal static class TextTables
{
    /// <summary>Texts in any order as a table of the distinct ones and each text's code in it.</summary>
    public static (StringTable Table, long[] Codes) Sort(string[] texts)
    {
        var utf8 = texts.Select(Encoding.UTF8.GetBytes).ToArray();
        var order = Enumerable.Range(0, texts.Length).ToArray();
        Array.Sort(order, (a, b) => utf8[a].AsSpan().SequenceCompareTo(utf8[b]));
        var codes = new long[texts.Length];
        var distinct = new List<string>();
        for (var i = 0; i < order.Length; i++)
        {
            if (i == 0 || !utf8[order[i]].AsSpan().SequenceEqual(utf8[order[i - 1]]))
            {
                distinct.Add(texts[order[i]]);
            }

            codes[order[i]] = distinct.Count - 1;
        }

        return (StringTable.Of(distinct), codes);
    }

    /// <summary>The texts of several tables as one.</summary>
    public static StringTable Union(IReadOnlyList<StringTable> tables) =>
        tables.Count == 1 ? tables[0] : Sort([.. tables.SelectMany(table => Enumerable.Range(0, table.Count).Select(table.Text))]).Table;

    /// <summary>For each text of a table its code in another that holds all of them.</summary>
    public static long[] Codes(StringTable table, StringTable into)
    {
        var codes = new long[table.Count];
        var next = 0;
        for (var i = 0; i < codes.Length; i++)
        {
            while (!into[next].SequenceEqual(table[i]))
            {
                next++;
            }

            codes[i] = next;
        }

        return codes;
    }
}
