using FeatureService.Core.Columns.Encodings;

namespace FeatureService.Client.Datasets.Reuse;

/// <summary>Rows of one row group, by column the runs in which they arrived.</summary>
/// <param name="Chunks">The runs of each column.</param>
/// <param name="Rows">Number of rows.</param>
internal sealed record RowGroup(IReadOnlyList<EncodedColumn>[] Chunks, int Rows);

/// <summary>Cuts rows that arrive in batches of any size into row groups of given sizes. Runs that are not cut stay as they arrived.</summary>
/// <param name="groups">Rows of each row group.</param>
/// <param name="columnCount">Number of columns.</param>
internal sealed class GroupCut(IEnumerable<long> groups, int columnCount)
{
    private readonly Queue<long> _groups = new(groups);
    private List<EncodedColumn>[] _held = New(columnCount);
    private int _heldRows;

    /// <summary>Adds rows, and gives the row groups that are complete.</summary>
    /// <param name="columns">The runs of each column.</param>
    /// <param name="rows">Number of rows.</param>
    /// <exception cref="DatasetException">There are more rows than the row groups have.</exception>
    public IEnumerable<RowGroup> Add(IReadOnlyList<EncodedColumn>[] columns, int rows)
    {
        for (var first = 0; first < rows;)
        {
            if (_groups.Count == 0)
            {
                throw Exception_OtherRows();
            }

            var count = (int)Math.Min(rows - first, _groups.Peek() - _heldRows);
            for (var i = 0; i < columnCount; i++)
            {
                Take(columns[i], first, count, _held[i]);
            }

            first += count;
            _heldRows += count;
            if (_heldRows == _groups.Peek())
            {
                _groups.Dequeue();
                yield return new RowGroup(_held, _heldRows);
                (_held, _heldRows) = (New(columnCount), 0);
            }
        }
    }

    /// <summary>Checks that all row groups are complete.</summary>
    /// <exception cref="DatasetException">Rows are missing.</exception>
    public void Complete()
    {
        if (_groups.Count > 0)
        {
            throw Exception_OtherRows();
        }
    }

    private static List<EncodedColumn>[] New(int columns) => [.. Enumerable.Range(0, columns).Select(_ => new List<EncodedColumn>())];

    private static void Take(IReadOnlyList<EncodedColumn> runs, int first, int count, List<EncodedColumn> taken)
    {
        foreach (var run in runs)
        {
            if (count == 0)
            {
                return;
            }

            if (first >= run.Length)
            {
                first -= run.Length;
                continue;
            }

            var length = Math.Min(count, run.Length - first);
            taken.Add(length == run.Length ? run : EncodedColumn.Of(run.Decode().Slice(first, length)));
            (first, count) = (0, count - length);
        }
    }

    private static DatasetException Exception_OtherRows() => new(
        "--reuse: the earlier dataset has other rows: expected the same, so the same population");
}
