using FeatureService.Core.Keys;

namespace FeatureService.Engine.Execution;

/// <summary>Cells in error of a block, from all of its tasks: how many, and the first of them in row order.</summary>
/// <param name="keepsAll">
/// Whether all of them are kept, and not just the first: where it is decided elsewhere, and later, which rows exist.
/// </param>
internal sealed class ErrorList(bool keepsAll = false)
{
    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];
    private readonly HashSet<int> _columns = [];
    private readonly bool _keepsAll = keepsAll;

    /// <summary>Number of cells in error.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a cell.</summary>
    /// <param name="row">Row in the block.</param>
    /// <param name="index">Index of the column.</param>
    /// <param name="column">The feature's name.</param>
    /// <param name="week">Number of the row's week.</param>
    /// <param name="weekKey">The week's key.</param>
    public void Add(int row, int index, string column, int week, string weekKey)
    {
        lock (_lock)
        {
            Count++;
            _columns.Add(index);
            _entries.Add(new Entry(row, index, column, week, weekKey));
            if (!_keepsAll && _entries.Count >= 16 * CellError.CountMax)
            {
                Trim();
            }
        }
    }

    /// <summary>Whether a column has a cell in error.</summary>
    /// <param name="index">Index of the column.</param>
    public bool Has(int index)
    {
        lock (_lock)
        {
            return _columns.Contains(index);
        }
    }

    /// <summary>Adds what another list holds, which nobody changes any more.</summary>
    /// <param name="other">The other list.</param>
    /// <param name="row">From its rows to rows of this block, in the same order; null of a row of another block, or that does not exist.</param>
    /// <param name="count">
    /// How many cells to count where the other has kept but the first, all of them of rows that exist: of rows that are spread over blocks only
    /// the first of these counts them.
    /// </param>
    public void AddAll(ErrorList other, Func<int, int?> row, long count)
    {
        lock (_lock)
        {
            var before = _entries.Count;
            foreach (var entry in other._entries)
            {
                if (row(entry.Row) is { } here)
                {
                    _entries.Add(entry with { Row = here });
                    _columns.Add(entry.Index);
                }
            }

            if (other._keepsAll)
            {
                Count += _entries.Count - before;
            }
            else
            {
                Count += count;
                _columns.UnionWith(other._columns);
            }

            Trim();
        }
    }

    /// <summary>The first errors in row order.</summary>
    /// <param name="key">Each row's entity.</param>
    public IReadOnlyList<CellError> First(Func<int, EntityKey> key)
    {
        lock (_lock)
        {
            Trim();
            return [.. _entries.Select(entry => entry.At(key(entry.Row)))];
        }
    }

    private void Trim()
    {
        _entries.Sort((a, b) => a.Row != b.Row ? a.Row.CompareTo(b.Row) : a.Index.CompareTo(b.Index));
        if (_entries.Count > CellError.CountMax)
        {
            _entries.RemoveRange(CellError.CountMax, _entries.Count - CellError.CountMax);
        }
    }

    private sealed record Entry(int Row, int Index, string Column, int Week, string WeekKey)
    {
        public CellError At(EntityKey key) => new(
            Row,
            Column,
            key,
            Week,
            $"int64 overflow in feature '{Column}' for entity {key} in week {WeekKey}: multiply by 1.0 (* 1.0) to compute in float64");
    }
}
