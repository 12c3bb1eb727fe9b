using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;

namespace FeatureService.Core.Tables;

/// <summary>A caller's own table, such as the rows of a spine: columns with types, read from the first row to the last.</summary>
public interface ITable
{
    /// <summary>What messages call it, such as a file's path.</summary>
    string Name { get; }

    /// <summary>Its columns in order.</summary>
    IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>Reads all rows. It may be called again, and gives the same rows then.</summary>
    /// <param name="reading">How values are read that can be read in several ways.</param>
    /// <param name="cancellation">Ends the reading.</param>
    IEnumerable<TableBatch> Read(TableReading reading, CancellationToken cancellation);
}

/// <summary>One column of a table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Type of its values; <see cref="ColumnType.None"/> where it has one that no column here can hold.</param>
/// <param name="TypeName">The type as the table's format calls it, for messages.</param>
/// <param name="IsUntyped">Whether the format has text without types, and the type was found by the values.</param>
public sealed record TableColumn(string Name, ColumnType Type, string TypeName, bool IsUntyped = false);

/// <summary>How values of a table are read that can be read in several ways.</summary>
/// <param name="Zone">Zone of times without one.</param>
/// <param name="AsText">Columns that stay strings where the format has text without types, as CSV, whatever their values look like.</param>
public sealed record TableReading(ZoneRules Zone, IReadOnlySet<string> AsText);

/// <summary>A run of rows of a table.</summary>
/// <param name="Columns">One column for each of the table's; strings are plain, bytes of nulls are zero.</param>
/// <param name="RowCount">Number of rows.</param>
/// <param name="Lines">Each row's line, for text; null where rows are counted, from 1.</param>
public sealed record TableBatch(IReadOnlyList<Column> Columns, int RowCount, IReadOnlyList<long>? Lines = null);
