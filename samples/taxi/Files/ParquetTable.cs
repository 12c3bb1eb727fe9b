using System.Runtime.InteropServices;
using ParquetSharp;
using ParquetSharp.Schema;

namespace FeatureService.Samples.Taxi.Files;

/// <summary>Writes one Parquet file of one row group, column by column.</summary>
internal sealed class ParquetTable : IDisposable
{
    private readonly WriterProperties _properties;
    private readonly GroupNode _schema;
    private readonly ParquetFileWriter _file;
    private readonly RowGroupWriter _rows;

    private ParquetTable(string path, Node[] columns)
    {
        using var builder = new WriterPropertiesBuilder();
        _properties = builder.Compression(Compression.Zstd).DisableDictionary().EnableDictionary("platform").EnableDictionary("area")
            .EnableDictionary("payment").EnableDictionary("action").EnableDictionary("rating")
            .EnableDictionary("city").EnableDictionary("channel").Build();
        _schema = new GroupNode("schema", Repetition.Required, columns);
        _file = new ParquetFileWriter(path, _schema, _properties);
        _rows = _file.AppendRowGroup();
    }

    /// <summary>Creates the file.</summary>
    public static ParquetTable Create(string path, params Node[] columns) => new(path, columns);

    /// <summary>A column of int64.</summary>
    public static Node Int64(string name, bool nullable = false) => new PrimitiveNode(
        name, nullable ? Repetition.Optional : Repetition.Required, LogicalType.None(), PhysicalType.Int64);

    /// <summary>A column of float64.</summary>
    public static Node Float64(string name) => new PrimitiveNode(name, Repetition.Required, LogicalType.None(), PhysicalType.Double);

    /// <summary>A column of instants, microseconds UTC.</summary>
    public static Node Timestamp(string name) => new PrimitiveNode(
        name, Repetition.Required, LogicalType.Timestamp(isAdjustedToUtc: true, TimeUnit.Micros), PhysicalType.Int64);

    /// <summary>A column of texts.</summary>
    public static Node Text(string name) => new PrimitiveNode(name, Repetition.Required, LogicalType.String(), PhysicalType.ByteArray);

    /// <summary>Writes the next column.</summary>
    public void Write<T>(List<T> values)
        where T : unmanaged => WriteNext((ColumnWriter<T>)_rows.NextColumn(), CollectionsMarshal.AsSpan(values));

    /// <summary>Writes the next column from codes.</summary>
    public void Write(List<byte> codes, IReadOnlyList<string> words)
    {
        var utf8 = words.Select(System.Text.Encoding.UTF8.GetBytes).ToArray();
        var handles = utf8.Select(bytes => GCHandle.Alloc(bytes, GCHandleType.Pinned)).ToArray();
        try
        {
            var texts = handles.Select((handle, code) => new ByteArray(handle.AddrOfPinnedObject(), utf8[code].Length)).ToArray();
            WriteNext((ColumnWriter<ByteArray>)_rows.NextColumn(), codes.Select(code => texts[code]).ToArray());
        }
        finally
        {
            Array.ForEach(handles, handle => handle.Free());
        }
    }

    /// <summary>Writes the next column, 0 standing for null.</summary>
    public void WriteNullable(List<byte> values)
    {
        using var writer = (ColumnWriter<long>)_rows.NextColumn();
        var levels = values.Select(value => (short)(value == 0 ? 0 : 1)).ToArray();
        writer.WriteBatch(values.Count, levels, default, values.Where(value => value != 0).Select(value => (long)value).ToArray());
    }

    /// <summary>Writes the end of the file; call it once all columns are written.</summary>
    public void Close()
    {
        _rows.Close();
        _file.Close();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows.Dispose();
        _file.Dispose();
        _schema.Dispose();
        _properties.Dispose();
    }

    private static void WriteNext<T>(ColumnWriter<T> writer, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        using (writer)
        {
            writer.WriteBatch(values);
        }
    }
}
