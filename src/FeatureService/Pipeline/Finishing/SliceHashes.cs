using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Hashing;
using FeatureService.Core.Keys;

namespace FeatureService.Pipeline.Finishing;

/// <summary>Hashes a slice's columns block by block, as a dataset's content hash wants it.</summary>
internal sealed class SliceHashes
{
    private ColumnHasher[] _hashers = [];

    /// <summary>Adds a block of the slice.</summary>
    /// <param name="columns">Its columns, in the order of the header.</param>
    public void Add(IReadOnlyList<Column> columns)
    {
        if (_hashers.Length == 0)
        {
            _hashers = [.. columns.Select(column => new ColumnHasher(column.Type))];
        }

        for (var i = 0; i < _hashers.Length; i++)
        {
            _hashers[i].Add(columns[i]);
        }
    }

    /// <summary>Ends the slice.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columnCount">Number of columns.</param>
    /// <returns>A hash for each column; zero where there are no rows.</returns>
    public byte[] End(SliceId slice, long rows, int columnCount) => rows == 0
        ? new byte[columnCount * ColumnHash.Size]
        : ColumnHash.WriteAll([.. _hashers.Select(hasher => hasher.EndUnit(slice.Place, rows))]);
}
