using System.Numerics;
using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Types;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using ArrowUnit = Apache.Arrow.Types.TimeUnit;
using Column = FeatureService.Core.Columns.Column;

namespace FeatureService.Ingest.Tables;

/// <summary>
/// From Arrow arrays to columns, values unchanged: narrower integers widen, times become microseconds UTC (finer is floored, a time
/// without zone is local in the table's).
/// </summary>
/// <param name="place">The column, for messages.</param>
/// <param name="firstRow">Number of the array's first row, from 1.</param>
/// <param name="zone">Zone of times without one.</param>
internal sealed class ArrowColumns(string place, long firstRow, ZoneRules zone)
{
    // Years 1 to 9999, as instants and as days.
    private const long InstantMin = -62_135_596_800_000_000;
    private const long InstantMax = 253_402_300_799_999_999;
    private const int DayMin = -719_162;
    private const int DayMax = 2_932_896;

    private delegate ReadOnlySpan<byte> TextOf(int row);

    /// <summary>The type of a column; none where no column can hold the values as they are.</summary>
    public static ColumnType TypeOf(IArrowType type) => type switch
    {
        BooleanType => ColumnType.Bool,
        Int8Type or Int16Type or Int32Type or Int64Type or UInt8Type or UInt16Type or UInt32Type => ColumnType.Int64,
        DoubleType => ColumnType.Float64,
        FloatType => ColumnType.Float32,
        StringType or LargeStringType => ColumnType.String,
        DictionaryType dictionary => TypeOf(dictionary.ValueType) == ColumnType.String ? ColumnType.String : ColumnType.None,
        Date32Type or Date64Type => ColumnType.Date,
        TimestampType => ColumnType.Timestamp,
        _ => ColumnType.None,
    };

    /// <summary>A type as messages call it.</summary>
    public static string NameOf(IArrowType type) => type switch
    {
        Decimal128Type exact => $"decimal({exact.Precision}, {exact.Scale})",
        Decimal256Type exact => $"decimal({exact.Precision}, {exact.Scale})",
        _ => type.Name,
    };

    /// <summary>The column of an array.</summary>
    /// <exception cref="InputException">A value is none that the type can have.</exception>
    public Column Of(IArrowArray array) => array switch
    {
        Int64Array typed => Fixed(array, ColumnType.Int64, Bytes(typed.Values)),
        Int32Array typed => Widened(typed, typed.Values),
        Int16Array typed => Widened(typed, typed.Values),
        Int8Array typed => Widened(typed, typed.Values),
        UInt32Array typed => Widened(typed, typed.Values),
        UInt16Array typed => Widened(typed, typed.Values),
        UInt8Array typed => Widened(typed, typed.Values),
        DoubleArray typed => Fixed(array, ColumnType.Float64, Bytes(typed.Values)),
        FloatArray typed => Fixed(array, ColumnType.Float32, Bytes(typed.Values)),
        BooleanArray typed => Bools(typed),
        StringArray typed => Texts(array, row => typed.GetBytes(row)),
        LargeStringArray typed => Texts(array, row => typed.GetBytes(row)),
        DictionaryArray typed => Coded(typed),
        Date32Array typed => Days(array, typed.Values, static day => day),
        Date64Array typed => Days(array, typed.Values, static millis => Instants.FloorDivide(millis, 86_400_000)),
        TimestampArray typed => Stamps(typed),
        _ => throw new InvalidOperationException($"{place}: no column of {array.Data.DataType.Name}: its type should have been refused"),
    };

    private static byte[] Bytes<T>(ReadOnlySpan<T> values)
        where T : unmanaged => MemoryMarshal.AsBytes(values).ToArray();

    private static Column Widened<T>(PrimitiveArray<T> array, ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        var wide = new long[values.Length];
        for (var row = 0; row < wide.Length; row++)
        {
            wide[row] = long.CreateTruncating(values[row]);
        }

        return Fixed(array, ColumnType.Int64, Bytes<long>(wide));
    }

    private static Column Bools(BooleanArray array)
    {
        var values = new byte[array.Length];
        for (var row = 0; row < values.Length; row++)
        {
            values[row] = array.GetValue(row) == true ? (byte)1 : (byte)0;
        }

        return Fixed(array, ColumnType.Bool, values);
    }

    private Column Days<T>(IArrowArray array, ReadOnlySpan<T> values, Func<T, long> dayOf)
        where T : unmanaged
    {
        var days = new int[values.Length];
        for (var row = 0; row < days.Length; row++)
        {
            if (array.IsValid(row))
            {
                var day = dayOf(values[row]);
                days[row] = day is >= DayMin and <= DayMax ? (int)day : throw OutOfRange(row);
            }
        }

        return Fixed(array, ColumnType.Date, Bytes<int>(days));
    }

    private Column Stamps(TimestampArray array)
    {
        var type = (TimestampType)array.Data.DataType;
        var isLocal = string.IsNullOrEmpty(type.Timezone);
        var (times, over) = type.Unit switch
        {
            ArrowUnit.Second => (Instants.MicrosPerSecond, 1L),
            ArrowUnit.Millisecond => (1000L, 1L),
            ArrowUnit.Microsecond => (1L, 1L),
            _ => (1L, 1000L),
        };
        var values = array.Values;
        var micros = new long[values.Length];
        for (var row = 0; row < micros.Length; row++)
        {
            if (!array.IsValid(row))
            {
                continue;
            }

            var clock = Instants.FloorDivide(values[row], over);
            if (clock < InstantMin / times || clock > InstantMax / times)
            {
                throw OutOfRange(row);
            }

            micros[row] = isLocal ? zone.ToUtc(clock * times) : clock * times;
        }

        return Fixed(array, ColumnType.Timestamp, Bytes<long>(micros));
    }

    private InputException OutOfRange(int row) => new($"{place}, row {firstRow + row}: its time lies outside the years 1 to 9999");

    private static Column Fixed(IArrowArray array, ColumnType type, byte[] data)
    {
        var width = type.Width();
        for (var row = 0; row < array.Length && array.NullCount > 0; row++)
        {
            if (!array.IsValid(row))
            {
                data.AsSpan(row * width, width).Clear();
            }
        }

        return new Column
        {
            Type = type,
            Length = array.Length,
            NullCount = array.NullCount,
            Validity = Validity(array),
            Data = data,
        };
    }

    private static Column Coded(DictionaryArray array)
    {
        Func<int, int> codeOf = array.Indices switch
        {
            Int8Array codes => row => codes.Values[row],
            Int16Array codes => row => codes.Values[row],
            _ => row => ((Int32Array)array.Indices).Values[row],
        };
        return array.Dictionary is LargeStringArray large
            ? Texts(array, row => large.GetBytes(codeOf(row)))
            : Texts(array, row => ((StringArray)array.Dictionary).GetBytes(codeOf(row)));
    }

    private static Column Texts(IArrowArray array, TextOf textOf)
    {
        var offsets = new int[array.Length + 1];
        for (var row = 0; row < array.Length; row++)
        {
            offsets[row + 1] = checked(offsets[row] + (array.IsValid(row) ? textOf(row).Length : 0));
        }

        var utf8 = new byte[offsets[^1]];
        for (var row = 0; row < array.Length; row++)
        {
            if (array.IsValid(row))
            {
                textOf(row).CopyTo(utf8.AsSpan(offsets[row]));
            }
        }

        return new Column
        {
            Type = ColumnType.String,
            Length = array.Length,
            NullCount = array.NullCount,
            Validity = Validity(array),
            Data = utf8,
            Offsets = MemoryMarshal.AsBytes<int>(offsets).ToArray(),
        };
    }

    private static byte[] Validity(IArrowArray array)
    {
        if (array.NullCount == 0)
        {
            return [];
        }

        var bits = new byte[Bitmap.Bytes(array.Length)];
        for (var row = 0; row < array.Length; row++)
        {
            if (array.IsValid(row))
            {
                Bitmap.Set(bits, row);
            }
        }

        return bits;
    }
}
