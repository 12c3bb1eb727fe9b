using System.Collections.Immutable;
using Apache.Arrow.Types;

namespace FeatureService.Ingest.Inputs;

/// <summary>A Parquet file.</summary>
internal sealed class ParquetFile : InputFile
{
    private readonly ParquetBatches _batches;

    private ParquetFile(InputPath path, ParquetBatches batches)
        : base(path)
    {
        OwnColumns = [.. batches.Fields.Select(field => new InputColumn(field.Name, KindOf(field.DataType), field.DataType.Name))];
        _batches = batches;
    }

    /// <inheritdoc/>
    public override ImmutableArray<InputColumn> OwnColumns { get; }

    /// <summary>Reads the schema.</summary>
    /// <exception cref="InputException">The file cannot be read or is damaged.</exception>
    public static ParquetFile Open(InputPath path) => new(path, ParquetBatches.Open(path.Path));

    /// <inheritdoc/>
    public override IEnumerable<InputBlock> Blocks(SourceSchema schema)
    {
        int[] fields =
        [
            .. schema.Source.Columns.Select(column => column.Name).Append(schema.File.EntityColumn)
                .Select(OwnIndexOf).Where(index => index >= 0).Distinct().Order(),
        ];
        var firstRow = 1L;
        foreach (var batch in _batches.Read(fields, withCodes: true))
        {
            yield return new ParquetBlock(this, schema, batch, firstRow);
            firstRow += batch.Length;
        }
    }

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
