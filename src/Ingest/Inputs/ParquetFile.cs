using System.Collections.Immutable;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using ParquetSharp;
using ParquetSharp.Arrow;

namespace FeatureService.Ingest.Inputs;

/// <summary>A Parquet file.</summary>
internal sealed class ParquetFile : InputFile
{
    private const int BatchRows = 1 << 17;

    private readonly ImmutableArray<int> _firstLeaves;

    private ParquetFile(InputPath path, ImmutableArray<InputColumn> columns, ImmutableArray<int> firstLeaves)
        : base(path)
    {
        OwnColumns = columns;
        _firstLeaves = firstLeaves;
    }

    /// <inheritdoc/>
    public override ImmutableArray<InputColumn> OwnColumns { get; }

    /// <summary>Reads the schema.</summary>
    /// <exception cref="InputException">The file cannot be read or is damaged.</exception>
    public static ParquetFile Open(InputPath path)
    {
        try
        {
            using var reader = new FileReader(path.Path);
            var fields = reader.Schema.FieldsList;
            var firstLeaves = ImmutableArray.CreateBuilder<int>();
            var leaf = 0;
            foreach (var field in fields)
            {
                firstLeaves.Add(leaf);
                leaf += Leaves(field.DataType);
            }

            return new ParquetFile(path, [.. fields.Select(field => new InputColumn(field.Name, KindOf(field.DataType), field.DataType.Name))], firstLeaves.ToImmutable());
        }
        catch (Exception error) when (IsReadError(error))
        {
            throw Unreadable(path.Path, error);
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<InputBlock> Blocks(SourceSchema schema)
    {
        int[] fields =
        [
            .. schema.Source.Columns.Select(column => column.Name).Append(schema.File.EntityColumn)
                .Select(OwnIndexOf).Where(index => index >= 0).Distinct().Order(),
        ];
        using var reader = OpenReader();
        using var batches = OpenBatches(reader, fields);
        var firstRow = 1L;
        while (NextBatch(batches) is { } batch)
        {
            yield return new ParquetBlock(this, schema, batch, firstRow);
            firstRow += batch.Length;
        }
    }

    /// <summary>Whether an error is the file's fault; what Arrow's C streams report arrives as a plain exception.</summary>
    internal static bool IsReadError(Exception error) => error.GetType() == typeof(Exception) || error is
        ParquetException or IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException or NotImplementedException;

    /// <summary>The one error of a file that cannot be read.</summary>
    internal static InputException Unreadable(string path, Exception error) =>
        new($"{path}: cannot read it as Parquet: {error.Message.ReplaceLineEndings(" ")}", error);

    private FileReader OpenReader()
    {
        try
        {
            using var properties = ReaderProperties.GetDefaultReaderProperties();
            properties.EnablePageChecksumVerification();
            using var arrow = ArrowReaderProperties.GetDefault();
            arrow.UseThreads = true;
            arrow.BatchSize = BatchRows;
            return new FileReader(Path, properties, arrow);
        }
        catch (Exception error) when (IsReadError(error))
        {
            throw Unreadable(Path, error);
        }
    }

    private IArrowArrayStream OpenBatches(FileReader reader, int[] fields)
    {
        try
        {
            return reader.GetRecordBatchReader(rowGroups: null, columns: [.. fields.Select(field => _firstLeaves[field])]);
        }
        catch (Exception error) when (IsReadError(error))
        {
            throw Unreadable(Path, error);
        }
    }

    private RecordBatch? NextBatch(IArrowArrayStream batches)
    {
        try
        {
            // The reader works on the calling thread: the task is always complete.
            return batches.ReadNextRecordBatchAsync().AsTask().GetAwaiter().GetResult();
        }
        catch (Exception error) when (IsReadError(error))
        {
            throw Unreadable(Path, error);
        }
    }

    private static int Leaves(IArrowType type) => type switch
    {
        NestedType nested when nested.Fields.Count > 0 => nested.Fields.Sum(field => Leaves(field.DataType)),
        _ => 1,
    };

    private static InputKind KindOf(IArrowType type) => type switch
    {
        NullType => InputKind.Null,
        BooleanType => InputKind.Bool,
        Int8Type or Int16Type or Int32Type or Int64Type or UInt8Type or UInt16Type or UInt32Type or UInt64Type => InputKind.Int64,
        FloatType or DoubleType or HalfFloatType => InputKind.Float64,
        Decimal32Type or Decimal64Type or Decimal128Type or Decimal256Type => InputKind.Decimal,
        StringType or LargeStringType => InputKind.String,
        Apache.Arrow.Types.DictionaryType dictionary => KindOf(dictionary.ValueType) == InputKind.String ? InputKind.String : InputKind.Other,
        Date32Type or Date64Type => InputKind.Date,
        TimestampType => InputKind.Timestamp,
        _ => InputKind.Other,
    };
}
