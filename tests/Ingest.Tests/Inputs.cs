using System.Globalization;
using System.IO.Compression;
using System.Text;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Testing;
using ParquetSharp;
using Column = ParquetSharp.Column;
using Encoding = System.Text.Encoding;

namespace FeatureService.Ingest.Tests;

/// <summary>Writes rows of tests as input files.</summary>
internal static class Inputs
{
    private static readonly DateTime s_epoch = new(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Reads the text of a catalog in a folder.</summary>
    public static CatalogFile Catalog(TempFolder folder, string yaml)
    {
        var path = folder.Write("catalog.yaml", yaml);
        var (catalog, diagnostics) = CatalogReader.Read(yaml, path);
        Assert.Empty(diagnostics);
        return catalog!;
    }

    /// <summary>A catalog's file for a catalog whose sources lie in <c>NAME</c> + suffix.</summary>
    public static CatalogFile CatalogFile(TempFolder folder, Catalog catalog, long?[] completeUntil, string suffix) => new()
    {
        Path = folder["catalog.yaml"],
        EntityName = catalog.EntityName,
        EntityType = catalog.EntityType,
        Calendar = catalog.Calendar,
        Sources =
        [
            .. catalog.Sources.Select((source, i) => new SourceFile
            {
                Name = source.Name,
                Place = new Diagnostic("catalog.yaml", i + 1, 1, ""),
                Files = [source.Name + suffix],
                EntityColumn = catalog.EntityName,
                TimeColumn = source.Always ? null : source.Columns[source.TimeColumn].Name,
                StampZone = catalog.Calendar.Zone,
                AvailableColumn = source.AvailableColumn < 0 ? null : source.Columns[source.AvailableColumn].Name,
                SettlesWithin = source.SettlesWithin,
                Columns = source.Columns,
                CompleteUntil = completeUntil[i],
            }),
        ],
    };

    /// <summary>Writes rows as CSV; a text that is empty cannot be told from null there.</summary>
    public static void WriteCsv(string path, string entityName, EventSource source, IReadOnlyList<EventRow> rows)
    {
        var text = new StringBuilder();
        text.AppendJoin(',', source.Columns.Select(column => column.Name).Prepend(entityName)).Append('\n');
        foreach (var row in rows)
        {
            var fields = row.Values.Select((value, i) => Field(value, source.Columns[i].Type)).Prepend(Quote(row.Key.ToString()));
            text.AppendJoin(',', fields).Append('\n');
        }

        using var stream = path.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(File.Create(path), CompressionLevel.Fastest)
            : (Stream)File.Create(path);
        stream.Write(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>Writes rows as Parquet, in row groups of so many rows.</summary>
    public static void WriteParquet(string path, string entityName, EventSource source, EntityKeyType keyType, IReadOnlyList<EventRow> rows, int rowGroupRows)
    {
        Column[] columns =
        [
            keyType == EntityKeyType.Int64 ? new Column<long?>(entityName) : new Column<string>(entityName),
            .. source.Columns.Select(column => ParquetColumn(column)),
        ];
        using var writer = new ParquetFileWriter(path, columns);
        foreach (var group in rows.Chunk(rowGroupRows))
        {
            using var rowGroup = writer.AppendRowGroup();
            if (keyType == EntityKeyType.Int64)
            {
                Write(rowGroup, group, row => (long?)row.Key.Number);
            }
            else
            {
                Write(rowGroup, group, row => row.Key.ToString());
            }

            for (var i = 0; i < source.Columns.Length; i++)
            {
                WriteColumn(rowGroup, group, source.Columns[i].Type, i);
            }
        }

        writer.Close();
    }

    private static void WriteColumn(RowGroupWriter rowGroup, EventRow[] rows, ColumnType type, int index)
    {
        switch (type)
        {
            case ColumnType.Bool:
                Write(rowGroup, rows, row => (bool?)row.Values[index]);
                break;
            case ColumnType.Int64:
                Write(rowGroup, rows, row => (long?)row.Values[index]);
                break;
            case ColumnType.Float64:
                Write(rowGroup, rows, row => (double?)row.Values[index]);
                break;
            case ColumnType.String:
                Write(rowGroup, rows, row => (string?)row.Values[index]);
                break;
            case ColumnType.Date:
                Write(rowGroup, rows, row => row.Values[index] is int day ? new Date(day) : (Date?)null);
                break;
            default:
                Write(rowGroup, rows, row => row.Values[index] is long micros ? s_epoch.AddMicroseconds(micros) : (DateTime?)null);
                break;
        }
    }

    private static void Write<T>(RowGroupWriter rowGroup, EventRow[] rows, Func<EventRow, T> value)
    {
        using var column = rowGroup.NextColumn().LogicalWriter<T>();
        column.WriteBatch([.. rows.Select(value)]);
    }

    private static Column ParquetColumn(SourceColumn column) => column.Type switch
    {
        ColumnType.Bool => new Column<bool?>(column.Name),
        ColumnType.Int64 => new Column<long?>(column.Name),
        ColumnType.Float64 => new Column<double?>(column.Name),
        ColumnType.String => new Column<string>(column.Name),
        ColumnType.Date => new Column<Date?>(column.Name),
        _ => new Column<DateTime?>(column.Name, LogicalType.Timestamp(true, ParquetSharp.TimeUnit.Micros)),
    };

    private static string Field(object? value, ColumnType type) => value switch
    {
        null => "",
        bool truth => truth ? "true" : "false",
        int day => WeekCalendar.Date(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        long micros when type == ColumnType.Timestamp => s_epoch.AddMicroseconds(micros).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
        string text => Quote(text),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"no field of {value}"),
    };

    private static string Quote(string text) =>
        text.AsSpan().IndexOfAny(",\"\n\r") < 0 ? text : '"' + text.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
}
