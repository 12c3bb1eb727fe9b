using System.Text;
using FeatureService.Client.FanOut;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;

namespace FeatureService.Client.Datasets;

/// <summary>Counts rows by their status. Equal statuses come in long runs, so a text is looked up only where it changes.</summary>
internal sealed class RowStatusCounter
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private int[] _codes = [];

    /// <summary>Rows by status.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>Adds rows.</summary>
    public void Add(FeatureBatch batch)
    {
        foreach (var chunk in batch.Chunks(batch.ColumnCount - 1))
        {
            if (chunk.Dictionary is { } dictionary)
            {
                AddCoded(chunk, dictionary);
            }
            else
            {
                AddPlain(chunk.Decode());
            }
        }
    }

    private void AddCoded(EncodedColumn chunk, StringTable dictionary)
    {
        if (_codes.Length < chunk.Length)
        {
            _codes = new int[chunk.Length];
        }

        var codes = _codes.AsSpan(0, chunk.Length);
        chunk.CopyCodes(codes);
        while (!codes.IsEmpty)
        {
            var rest = codes.IndexOfAnyExcept(codes[0]);
            var count = rest < 0 ? codes.Length : rest;
            Add(dictionary[codes[0]], count);
            codes = codes[count..];
        }
    }

    private void AddPlain(Column run)
    {
        var first = 0;
        for (var row = 1; row <= run.Length; row++)
        {
            if (row < run.Length && run.Utf8(row).SequenceEqual(run.Utf8(first)))
            {
                continue;
            }

            Add(run.Utf8(first), row - first);
            first = row;
        }
    }

    private void Add(ReadOnlySpan<byte> text, int count)
    {
        var status = Encoding.UTF8.GetString(text);
        _counts[status] = _counts.GetValueOrDefault(status) + count;
    }
}
