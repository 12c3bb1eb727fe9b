using FeatureService.Client.Transport;
using FeatureService.Core.Columns;
using ParquetSharp;
using ParquetSharp.Schema;

namespace FeatureService.Sinks.Parquet;

/// <summary>The Parquet schema and writer properties of a dataset's columns.</summary>
internal static class ParquetSchema
{
    /// <summary>The schema: features and labels may be null.</summary>
    /// <param name="columns">The columns.</param>
    public static GroupNode Create(IReadOnlyList<DatasetColumn> columns) =>
        new("schema", Repetition.Required, [.. columns.Select(Node)]);

    /// <summary>
    /// Dictionaries only where values repeat: keys, weeks, statuses, texts and dates. On numbers they cost twice the time for a tenth
    /// of the size. Statistics for the columns that queries select by.
    /// </summary>
    /// <param name="columns">The columns.</param>
    /// <param name="compression">How column chunks are compressed.</param>
    public static WriterProperties Properties(IReadOnlyList<DatasetColumn> columns, ParquetCompression compression)
    {
        using var builder = new WriterPropertiesBuilder();
        builder.Compression(compression switch
        {
            ParquetCompression.Snappy => Compression.Snappy,
            ParquetCompression.None => Compression.Uncompressed,
            _ => Compression.Zstd,
        });
        builder.DisableDictionary();

        // Its places are the file's, so it would be wrong where chunks are copied; entities come in no order that a reader could skip by.
        builder.DisableWritePageIndex();
        foreach (var column in columns)
        {
            if (!column.Nullable || column.Type is ColumnType.String or ColumnType.Date)
            {
                builder.EnableDictionary(column.Name);
            }
            else
            {
                builder.DisableStatistics(column.Name);
            }
        }

        return builder.Build();
    }

    private static PrimitiveNode Node(DatasetColumn column)
    {
        var (physical, logical) = column.Type switch
        {
            ColumnType.Bool => (PhysicalType.Boolean, LogicalType.None()),
            ColumnType.Int64 => (PhysicalType.Int64, LogicalType.None()),
            ColumnType.Float64 => (PhysicalType.Double, LogicalType.None()),
            ColumnType.Float32 => (PhysicalType.Float, LogicalType.None()),
            ColumnType.String => (PhysicalType.ByteArray, LogicalType.String()),
            ColumnType.Date => (PhysicalType.Int32, LogicalType.Date()),
            ColumnType.Timestamp => (PhysicalType.Int64, LogicalType.Timestamp(true, TimeUnit.Micros)),
            _ => throw new ArgumentOutOfRangeException(nameof(column), column.Type, "has no form in Parquet"),
        };
        return new PrimitiveNode(column.Name, column.Nullable ? Repetition.Optional : Repetition.Required, logical, physical);
    }
}
