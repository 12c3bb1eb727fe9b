using System.Text;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;
using FeatureService.Parquet;

namespace FeatureService.Sinks.Parquet;

/// <summary>The Parquet schema of a dataset's columns: the format's <c>SchemaElement</c>s.</summary>
internal static class ParquetSchema
{
    private const int Required = 0;
    private const int Optional = 1;

    /// <summary>The schema: features and labels may be null.</summary>
    /// <param name="columns">The columns.</param>
    public static ThriftList Of(IReadOnlyList<DatasetColumn> columns)
    {
        var root = new ThriftStruct();
        root.Fields.AddRange(
        [
            new ThriftField(3, ThriftType.Int32, (long)Required),
            new ThriftField(4, ThriftType.Binary, "schema"u8.ToArray()),
            new ThriftField(5, ThriftType.Int32, (long)columns.Count),
        ]);
        return new ThriftList(ThriftType.Struct, [root, .. columns.Select(Element)]);
    }

    private static ThriftStruct Element(DatasetColumn column)
    {
        var element = new ThriftStruct();
        element.Fields.AddRange(
        [
            new ThriftField(1, ThriftType.Int32, (long)column.Type.PhysicalType()),
            new ThriftField(3, ThriftType.Int32, (long)(column.Nullable ? Optional : Required)),
            new ThriftField(4, ThriftType.Binary, Encoding.UTF8.GetBytes(column.Name)),
        ]);
        if (LogicalType(column.Type) is var (converted, logical))
        {
            element.Fields.Add(new ThriftField(6, ThriftType.Int32, (long)converted));
            element.Fields.Add(new ThriftField(10, ThriftType.Struct, Struct(logical)));
        }

        return element;
    }

    /// <summary>The format's old and new words for what values mean; null where the physical type says it.</summary>
    private static (int Converted, ThriftField Logical)? LogicalType(ColumnType type) => type switch
    {
        ColumnType.String => (0, new ThriftField(1, ThriftType.Struct, new ThriftStruct())),
        ColumnType.Date => (6, new ThriftField(6, ThriftType.Struct, new ThriftStruct())),
        ColumnType.Timestamp => (10, new ThriftField(8, ThriftType.Struct, Struct(
            new ThriftField(1, ThriftType.True, true),
            new ThriftField(2, ThriftType.Struct, Struct(new ThriftField(2, ThriftType.Struct, new ThriftStruct())))))),
        _ => null,
    };

    private static ThriftStruct Struct(params ThriftField[] fields)
    {
        var value = new ThriftStruct();
        value.Fields.AddRange(fields);
        return value;
    }
}
