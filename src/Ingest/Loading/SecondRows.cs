using System.Globalization;

namespace FeatureService.Ingest.Loading;

/// <summary>Finds entities of which facts without time have more than one row: nobody can say which of them holds.</summary>
/// <param name="source">The source's name.</param>
/// <param name="entityColumn">The column of its entity.</param>
/// <param name="entities">The entities of all sources.</param>
internal sealed class SecondRows(string source, string entityColumn, EntityTable entities)
{
    private readonly List<string> _files = [];
    private readonly List<(int Entity, string Place)> _second = [];
    private int[] _fileOf = [];
    private long[] _lineOf = [];
    private long _count;

    /// <summary>Bytes in memory.</summary>
    public long Bytes => (long)_lineOf.Length * (sizeof(int) + sizeof(long));

    /// <summary>Looks at rows, in the order of the input.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="rowEntities">The entity of each that is taken.</param>
    public void Add(RowChunk rows, ReadOnlySpan<int> rowEntities)
    {
        if (_files.Count == 0 || _files[^1] != rows.Places.File)
        {
            _files.Add(rows.Places.File);
        }

        for (var i = 0; i < rowEntities.Length; i++)
        {
            var (entity, row) = (rowEntities[i], rows.Taken?[i] ?? i);
            if (entity >= _lineOf.Length)
            {
                Array.Resize(ref _lineOf, Math.Max(entity + 1, _lineOf.Length * 2));
                Array.Resize(ref _fileOf, _lineOf.Length);
            }

            if (_lineOf[entity] == 0)
            {
                (_lineOf[entity], _fileOf[entity]) = (rows.Places.LineOf(row), _files.Count - 1);
            }
            else if (++_count <= RowChunk.ProblemsMax)
            {
                _second.Add((entity, rows.Places.Of(row)));
            }
        }
    }

    /// <summary>What is wrong: nothing, or how many rows there are too many, and the first of them.</summary>
    public IReadOnlyList<string> Messages() => _count == 0 ? [] :
    [
        $"source {source}: {_count} rows of entities that have a row already: expected one row per entity, as time is 'always'; the first:",
        .. _second.Select(row => string.Create(
            CultureInfo.InvariantCulture,
            $"{row.Place}: another row of {entityColumn} {entities.KeyOf(row.Entity)}, whose first is {_files[_fileOf[row.Entity]]}:{_lineOf[row.Entity]}")),
    ];
}
