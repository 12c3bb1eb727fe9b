using System.Text;
using FeatureService.Client.FanOut;
using FeatureService.Core.Columns.Encodings;

namespace FeatureService.Client.Datasets;

/// <summary>Counts rows by their status. Equal statuses come in long runs, so a text is looked up only where it changes.</summary>
internal sealed class RowStatusCounter
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly DecodeBuffer _buffer = new();

    /// <summary>Rows by status.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>Adds rows.</summary>
    public void Add(FeatureBatch batch)
    {
        foreach (var chunk in batch.Chunks(batch.ColumnCount - 1))
        {
            var run = chunk.Decode(_buffer);
            var first = 0;
            for (var row = 1; row <= run.Length; row++)
            {
                if (row < run.Length && run.Utf8(row).SequenceEqual(run.Utf8(first)))
                {
                    continue;
                }

                var status = Encoding.UTF8.GetString(run.Utf8(first));
                _counts[status] = _counts.GetValueOrDefault(status) + row - first;
                first = row;
            }
        }
    }
}
