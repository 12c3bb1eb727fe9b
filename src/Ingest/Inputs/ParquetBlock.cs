using System.Globalization;
using System.Text;
using Apache.Arrow;
using FeatureService.Core.Calendar;
using FeatureService.Ingest.Loading;
using ArrowUnit = Apache.Arrow.Types.TimeUnit;
using TimestampType = Apache.Arrow.Types.TimestampType;

namespace FeatureService.Ingest.Inputs;

/// <summary>A batch of rows of a Parquet file.</summary>
/// <param name="file">The file.</param>
/// <param name="schema">The source.</param>
/// <param name="batch">The rows; this block disposes of them.</param>
/// <param name="firstRow">Number of the first in the file, from 1.</param>
internal sealed class ParquetBlock(ParquetFile file, SourceSchema schema, RecordBatch batch, long firstRow) : InputBlock
{
    private delegate bool Setter(int row);

    /// <inheritdoc/>
    public override RowChunk Decode()
    {
        using var owned = batch;
        var chunk = new RowChunk(schema, file, firstRow, batch.Length);
        Fill(chunk, schema.File.EntityColumn, chunk.Entity);
        for (var i = 0; i < chunk.Columns.Length; i++)
        {
            Fill(chunk, schema.Source.Columns[i].Name, chunk.Columns[i]);
        }

        chunk.Finish(batch.Length);
        return chunk;
    }

    private void Fill(RowChunk chunk, string name, ColumnValues values)
    {
        if (batch.Schema.GetFieldIndex(name, StringComparer.Ordinal) is var index && index < 0)
        {
            return;
        }

        var array = batch.Column(index);
        if (TryWhole(array, values, ValidOf(array)))
        {
            return;
        }

        var set = SetterOf(array, values);
        for (var row = 0; row < array.Length; row++)
        {
            if (array.IsValid(row) && !set(row))
            {
                chunk.Problem(row, name, Show(array, row), values.Expected);
            }
        }
    }

    private static ValidBits ValidOf(IArrowArray array) =>
        array.NullCount == 0 ? default : new ValidBits(array.Data.Buffers[0].Span, array.Data.Offset);

    /// <summary>Takes a column at once, of the types that most columns have; false where a value asks for a closer look.</summary>
    private static bool TryWhole(IArrowArray array, ColumnValues values, ValidBits valid) => array switch
    {
        Int64Array typed => values.TryInt64(typed.Values, valid),
        DoubleArray typed => values.TryFloat64(typed.Values, valid),
        StringArray typed => values.TryTexts(typed.ValueOffsets, typed.ValueBuffer.Span, valid),
        DictionaryArray { Dictionary: StringArray texts, Indices: Int32Array codes } =>
            values.TryCodes(codes.Values, texts.ValueOffsets, texts.ValueBuffer.Span, valid),
        TimestampArray { Data.DataType: TimestampType { Unit: ArrowUnit.Microsecond } type } typed =>
            !string.IsNullOrEmpty(type.Timezone) && values.TryInstants(typed.Values, valid),
        _ => false,
    };

    private static Setter SetterOf(IArrowArray array, ColumnValues values) => array switch
    {
        Int64Array typed => row => values.SetInt64(row, typed.Values[row]),
        Int32Array typed => row => values.SetInt64(row, typed.Values[row]),
        Int16Array typed => row => values.SetInt64(row, typed.Values[row]),
        Int8Array typed => row => values.SetInt64(row, typed.Values[row]),
        UInt32Array typed => row => values.SetInt64(row, typed.Values[row]),
        UInt16Array typed => row => values.SetInt64(row, typed.Values[row]),
        UInt8Array typed => row => values.SetInt64(row, typed.Values[row]),
        UInt64Array typed => row => typed.Values[row] <= long.MaxValue && values.SetInt64(row, (long)typed.Values[row]),
        DoubleArray typed => row => values.SetFloat64(row, typed.Values[row]),
        FloatArray typed => row => values.SetFloat64(row, typed.Values[row]),
        HalfFloatArray typed => row => values.SetFloat64(row, (double)typed.Values[row]),
        BooleanArray typed => row => values.SetBool(row, typed.GetValue(row)!.Value),
        StringArray typed => row => values.SetText(row, typed.GetBytes(row)),
        LargeStringArray typed => row => values.SetText(row, typed.GetBytes(row)),
        DictionaryArray typed => DictionarySetter(typed, values),
        Date32Array typed => row => values.SetDate(row, typed.Values[row]),
        Date64Array typed => row => values.SetDate(row, Instants.DayOf(typed.Values[row] * 1000)),
        TimestampArray typed => StampSetter(typed, values),
        Decimal128Array typed => row => TryDecimal(() => typed.GetString(row), out var number) && values.SetDecimal(row, number),
        Decimal256Array typed => row => TryDecimal(() => typed.GetString(row), out var number) && values.SetDecimal(row, number),
        Decimal32Array typed => row => TryDecimal(() => typed.GetString(row), out var number) && values.SetDecimal(row, number),
        Decimal64Array typed => row => TryDecimal(() => typed.GetString(row), out var number) && values.SetDecimal(row, number),
        NullArray => _ => true,
        _ => throw new InvalidOperationException($"no cast from {array.Data.DataType.Name}: the schema should have refused it"),
    };

    private static Setter StampSetter(TimestampArray stamps, ColumnValues values)
    {
        var type = (TimestampType)stamps.Data.DataType;
        var isLocal = string.IsNullOrEmpty(type.Timezone);
        var (times, over) = type.Unit switch
        {
            ArrowUnit.Second => (Instants.MicrosPerSecond, 1L),
            ArrowUnit.Millisecond => (1000L, 1L),
            ArrowUnit.Microsecond => (1L, 1L),
            _ => (1L, 1000L),
        };
        return row =>
        {
            var value = stamps.Values[row];
            return Math.Abs(value / over) <= long.MaxValue / times && values.SetStamp(row, Instants.FloorDivide(value, over) * times, isLocal);
        };
    }

    private static Setter DictionarySetter(DictionaryArray array, ColumnValues values) => row =>
    {
        var code = ((Int32Array)array.Indices).Values[row];
        return array.Dictionary switch
        {
            StringArray texts => values.SetText(row, texts.GetBytes(code)),
            LargeStringArray texts => values.SetText(row, texts.GetBytes(code)),
            _ => false,
        };
    };

    /// <summary>A decimal of more than 28 digits is none that any type here holds exactly.</summary>
    private static bool TryDecimal(Func<string?> text, out decimal value) =>
        decimal.TryParse(text(), NumberStyles.Number, CultureInfo.InvariantCulture, out value);

    private static string Show(IArrowArray array, int row) => array switch
    {
        StringArray typed => Encoding.UTF8.GetString(typed.GetBytes(row)),
        LargeStringArray typed => Encoding.UTF8.GetString(typed.GetBytes(row)),
        DictionaryArray { Dictionary: StringArray texts } typed => Encoding.UTF8.GetString(texts.GetBytes(((Int32Array)typed.Indices).Values[row])),
        TimestampArray typed => Number(typed.Values[row]),
        Int64Array typed => Number(typed.Values[row]),
        Int32Array typed => Number(typed.Values[row]),
        UInt64Array typed => Number(typed.Values[row]),
        DoubleArray typed => Number(typed.Values[row]),
        FloatArray typed => Number(typed.Values[row]),
        Decimal128Array typed => typed.GetString(row) ?? "",
        _ => array.Data.DataType.Name,
    };

    private static string Number(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
