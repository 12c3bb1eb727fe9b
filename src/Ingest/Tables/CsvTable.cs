using System.Runtime.InteropServices;
using FeatureService.Core.Columns;
using FeatureService.Core.Tables;
using FeatureService.Ingest.Inputs;
using FeatureService.Ingest.Loading;
using FeatureService.Ingest.Values;

namespace FeatureService.Ingest.Tables;

/// <summary>A CSV file as a table: a column has the first type that reads all its values.</summary>
internal sealed class CsvTable : ITable
{
    private readonly CsvFile _file;

    /// <summary>Reads the header, and all values for their types.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InputException">The file cannot be read, or two columns have one name.</exception>
    public CsvTable(string path, CancellationToken cancellation)
    {
        _file = CsvFile.Open(new InputPath(path, []));
        if (_file.OwnColumns.CountBy(column => column.Name).FirstOrDefault(name => name.Value > 1) is { Key: { } twice } found)
        {
            throw new InputException($"{path}: {found.Value} columns have the name '{twice}': expected one");
        }

        var types = _file.OwnColumns.ToDictionary(column => column.Name, _ => new TypeInference());
        _file.AddTypes(types, cancellation);
        Columns = [.. _file.OwnColumns.Select(column => Typed(column.Name, types[column.Name].Type))];
    }

    /// <inheritdoc/>
    public string Name => _file.Path;

    /// <inheritdoc/>
    public IReadOnlyList<TableColumn> Columns { get; }

    /// <inheritdoc/>
    public IEnumerable<TableBatch> Read(TableReading reading, CancellationToken cancellation)
    {
        foreach (var text in _file.TextBlocks())
        {
            cancellation.ThrowIfCancellationRequested();
            yield return Batch(text, reading);
        }
    }

    private static TableColumn Typed(string name, ColumnType type) => new(name, type, type.Name(), IsUntyped: true);

    private TableBatch Batch(TextBlock text, TableReading reading)
    {
        var lines = new long[CsvRows.CountMax(text)];
        var how = new ColumnReading(reading.Zone, NanIsNull: false);
        ColumnValues[] values =
        [
            .. Columns.Select(column => new ColumnValues(
                reading.AsText.Contains(column.Name) ? ColumnType.String : column.Type, null, how, lines.Length)),
        ];
        var target = new Target(this, values, lines);
        var rows = CsvRows.Read(text, Name, target, lines);
        target.ThrowIfBad();
        var batch = new TableBatch([.. values.Select(column => ColumnOf(column, rows))], rows, lines);
        Array.ForEach(values, column => column.Dispose());
        return batch;
    }

    private static Column ColumnOf(ColumnValues values, int rows)
    {
        var valid = values.Valid[..rows];
        var nulls = valid.Count(false);
        var validity = new byte[nulls == 0 ? 0 : Bitmap.Bytes(rows)];
        for (var row = 0; row < rows && nulls > 0; row++)
        {
            if (valid[row])
            {
                Bitmap.Set(validity, row);
            }
        }

        var offsets = values.Type == ColumnType.String ? new int[rows + 1] : [];
        return new Column
        {
            Type = values.Type,
            Length = rows,
            NullCount = nulls,
            Validity = validity,
            Data = values.Type switch
            {
                ColumnType.String => Texts(values, offsets),
                ColumnType.Bool => Array.ConvertAll(values.Narrow[..rows].ToArray(), static value => (byte)value),
                ColumnType.Date => MemoryMarshal.AsBytes(values.Narrow[..rows]).ToArray(),
                _ => MemoryMarshal.AsBytes(values.Wide[..rows]).ToArray(),
            },
            Offsets = MemoryMarshal.AsBytes<int>(offsets).ToArray(),
        };
    }

    private static byte[] Texts(ColumnValues values, int[] offsets)
    {
        for (var row = 0; row < offsets.Length - 1; row++)
        {
            offsets[row + 1] = checked(offsets[row] + (values.Valid[row] ? values.Texts![values.Narrow[row]].Length : 0));
        }

        var utf8 = new byte[offsets[^1]];
        for (var row = 0; row < offsets.Length - 1; row++)
        {
            if (values.Valid[row])
            {
                values.Texts![values.Narrow[row]].CopyTo(utf8.AsSpan(offsets[row]));
            }
        }

        return utf8;
    }

    /// <summary>Fills one block's columns.</summary>
    private sealed class Target(CsvTable table, ColumnValues[] values, long[] lines) : ICsvTarget
    {
        private readonly List<BadRow> _bad = [];

        public IReadOnlyList<IReadOnlyList<(ColumnValues Values, string Name)>> Fields { get; } =
            [.. values.Select((column, i) => new[] { (column, table.Columns[i].Name) })];

        public void Problem(int row, string column, string value, string expected) =>
            _bad.Add(new BadRow(table.Name, lines[row], column, value.Length <= 100 ? value : value[..100] + "...", expected));

        public void Broken(int row, string value, string expected) => _bad.Add(new BadRow(table.Name, lines[row], "", value, expected));

        public void ThrowIfBad()
        {
            if (_bad.Count > 0)
            {
                throw new InputException([.. _bad.Take(RowChunk.ProblemsMax).Select(bad => bad.ToString())]);
            }
        }
    }
}
