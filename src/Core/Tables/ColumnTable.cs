using FeatureService.Core.Columns;

namespace FeatureService.Core.Tables;

/// <summary>A table in memory.</summary>
public sealed class ColumnTable : ITable
{
    private readonly Column[] _values;

    /// <summary>A table of columns.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="columns">Names and values in order; all of one length, strings plain.</param>
    /// <exception cref="ArgumentException">Columns differ in length, or strings are coded.</exception>
    public ColumnTable(string name, params IReadOnlyList<(string Name, Column Values)> columns)
    {
        if (columns.Any(column => column.Values.Length != columns[0].Values.Length))
        {
            throw new ArgumentException($"{name}: expected columns of one length");
        }

        if (columns.FirstOrDefault(column => column.Values.Dictionary is not null) is { Name: { } coded })
        {
            throw new ArgumentException($"{name}: column {coded} is coded: expected plain strings");
        }

        Name = name;
        Columns = [.. columns.Select(column => new TableColumn(column.Name, column.Values.Type, column.Values.Type.Name()))];
        _values = [.. columns.Select(column => column.Values)];
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TableColumn> Columns { get; }

    /// <inheritdoc/>
    public IEnumerable<TableBatch> Read(TableReading reading, CancellationToken cancellation) =>
        [new TableBatch(_values, _values.Length == 0 ? 0 : _values[0].Length)];
}
