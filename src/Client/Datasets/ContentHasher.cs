using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;
using FeatureService.Core.Columns.Hashing;

namespace FeatureService.Client.Datasets;

/// <summary>
/// Hashes logical values by column: the same whatever the file format, however the rows arrived, and in whichever parts they lie. Each
/// column is hashed in units, a grid's being its slices and a list's runs of 1,024 rows, and has the sum of their hashes.
/// </summary>
/// <param name="columns">The columns.</param>
internal sealed class ContentHasher(IReadOnlyList<DatasetColumn> columns)
{
    /// <summary>Rows of a unit of a list.</summary>
    public const int UnitRows = 1024;

    private readonly ColumnHash[] _hashes = new ColumnHash[columns.Count];
    private readonly ColumnHasher[] _columns = [.. columns.Select(c => new ColumnHasher(c.Type))];
    private readonly DecodeBuffer _buffer = new();
    private ulong _unit;
    private ulong _place;
    private long _unitRows;

    /// <summary>Adds rows; those of a slice come one after the other. Of finished ones the service tells the hashes.</summary>
    public void Add(FeatureBatch batch)
    {
        if (batch.IsFinished)
        {
            return;
        }

        if (batch.Slice is not { } slice)
        {
            AddList([.. Enumerable.Range(0, _columns.Length).Select(i => batch[i])], batch.FirstRow, batch.RowCount);
            return;
        }

        var unit = slice.Place;
        Go(unit, unit);
        _unitRows += batch.RowCount;
        for (var i = 0; i < _columns.Length; i++)
        {
            foreach (var chunk in batch.Chunks(i))
            {
                _columns[i].Add(chunk.Decode(_buffer));
            }
        }
    }

    /// <summary>Adds rows of a list.</summary>
    /// <param name="columns">Their columns.</param>
    /// <param name="firstRow">Number of the first one.</param>
    /// <param name="rowCount">How many.</param>
    public void AddList(IReadOnlyList<Column> columns, long firstRow, int rowCount)
    {
        for (var first = 0; first < rowCount;)
        {
            var unit = (firstRow + first) / UnitRows;
            var count = (int)Math.Min(rowCount - first, ((unit + 1) * UnitRows) - firstRow - first);
            Go((ulong)unit, (ulong)(firstRow + first));
            _unitRows += count;
            for (var i = 0; i < _columns.Length; i++)
            {
                _columns[i].Add(columns[i].Slice(first, count));
            }

            first += count;
        }
    }

    /// <summary>The hashes of all rows so far; the unit ends here.</summary>
    /// <param name="told">By column the hashes of rows that were finished ones; null where there was none.</param>
    public ColumnHashes Finish(IReadOnlyList<ColumnHash>? told = null)
    {
        EndUnit();
        return new ColumnHashes([.. _hashes.Select((hash, i) => told is null ? hash : hash + told[i])]);
    }

    /// <summary>The hash of a dataset: of its columns' names, types and hashes, and its number of rows.</summary>
    public static string Combine(IReadOnlyList<DatasetColumn> columns, long rows, ColumnHashes hashes)
    {
        var hash = new XxHash128();
        Span<byte> number = stackalloc byte[ColumnHash.Size];
        BinaryPrimitives.WriteInt64LittleEndian(number, rows);
        hash.Append(number[..sizeof(long)]);
        for (var i = 0; i < columns.Count; i++)
        {
            hash.Append(Encoding.UTF8.GetBytes($"{columns[i].Name}\0{columns[i].Type.Name()}\0"));
            BinaryPrimitives.WriteUInt128LittleEndian(number, hashes[i].Value);
            hash.Append(number);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Rows that follow are of a unit, which where it begins here has that place.</summary>
    private void Go(ulong unit, ulong place)
    {
        if (unit != _unit)
        {
            EndUnit();
            _unit = unit;
        }

        if (_unitRows == 0)
        {
            _place = place;
        }
    }

    private void EndUnit()
    {
        if (_unitRows > 0)
        {
            for (var i = 0; i < _columns.Length; i++)
            {
                _hashes[i] += _columns[i].EndUnit(_place, _unitRows);
            }

            _unitRows = 0;
        }
    }
}
