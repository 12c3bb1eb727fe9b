using CsCheck;
using FeatureService.Core.Columns;

namespace FeatureService.Core.Tests;

/// <summary>Columns of the shapes that encodings are made for, and of those that nearly are: a NaN among counts, a row that breaks a pattern.</summary>
internal static class EncodableColumns
{
    private const int RowsMax = 3_000;

    private static readonly Gen<float> Odd = Among(
        -0f, float.NaN, BitConverter.UInt32BitsToSingle(0x7FC0_1234), BitConverter.UInt32BitsToSingle(0xFF80_0001), float.PositiveInfinity,
        float.NegativeInfinity, float.Epsilon, 4_194_303, 4_194_304, -4_194_304, -4_194_305, 16_777_217, 1e30f, -1e30f, 0.5f);

    private static readonly Gen<double> OddDouble = Gen.OneOf(Odd.Select(value => (double)value), Among(
        -0.0, BitConverter.UInt64BitsToDouble(0x7FF0_0000_0000_0001), (1L << 51) - 1.0, 1L << 51, -(1L << 51), 1e300, double.Epsilon));

    public static Gen<Column> Any => Gen.OneOf(
        Of(ColumnType.Float32, Numbers.Select(n => (float)n), Gen.OneOf(Odd, Gen.Single)),
        Of(ColumnType.Float64, Numbers.Select(n => (double)n), Gen.OneOf(OddDouble, Gen.Double)),
        Of(ColumnType.Int64, Numbers, Gen.Long),
        Of(ColumnType.Timestamp, Numbers.Select(n => n * 1_000_000), Gen.Long),
        Of(ColumnType.Date, Numbers.Select(n => (int)n), Gen.Int),
        Of(ColumnType.Bool, Gen.Bool.Select(b => b ? (byte)1 : (byte)0), Gen.Bool.Select(b => b ? (byte)1 : (byte)0)),
        Shaped(Gen.String[0, 3], Gen.String[0, 9]).Select(cells => Columns.Plain(cells.Select(c => c.Valid ? c.Value : null).ToArray())),
        Gen.Select(Gen.String[0, 5].Array[1, 400], Shaped(Gen.Int[0, 6], Gen.Int[0, 399])).Select((texts, cells) =>
            Columns.Coded(texts, [.. cells.Select(c => c.Valid ? (int?)(c.Value % texts.Length) : null)])));

    /// <summary>One of some values.</summary>
    public static Gen<T> Among<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<long> Numbers => Gen.OneOf(Gen.Long[0, 3], Gen.Long[0, 255], Gen.Long[-20, 20], Gen.Long[0, 70_000], Gen.Long[4_194_000, 4_194_303]);

    private static Gen<Column> Of<T>(ColumnType type, Gen<T> usual, Gen<T> odd)
        where T : unmanaged => Shaped(usual, odd).Select(cells =>
            Columns.Fixed(type, [.. cells.Select(c => c.Valid ? c.Value : default)], [.. cells.Select(c => c.Valid)]));

    /// <summary>A shape of usual values, a few cells of which are odd or null.</summary>
    private static Gen<(T Value, bool Valid)[]> Shaped<T>(Gen<T> usual, Gen<T> odd) =>
        from values in usual.Array[1, 40]
        from shape in Gen.Int[0, 4]
        from rows in Gen.Int[0, RowsMax]
        from run in Gen.Int[1, 60]
        from changes in Gen.Select(Gen.Int[0, RowsMax], odd).Array[0, 2]
        from nullEvery in Among(0, 0, 1, 2, 50)
        select Shape(values, shape, rows, run, changes, nullEvery);

    private static (T Value, bool Valid)[] Shape<T>(T[] values, int shape, int rows, int run, (int Row, T Value)[] changes, int nullEvery)
    {
        var cells = new (T Value, bool Valid)[rows];
        for (var row = 0; row < rows; row++)
        {
            var value = shape switch
            {
                0 => values[0],
                1 => values[row % values.Length],
                2 => values[row / run % values.Length],
                3 => row % run == 0 ? values[row % values.Length] : default!,
                _ => values[(int)((row * 2_654_435_761L >> 7) % values.Length)],
            };
            cells[row] = (value ?? values[0], nullEvery == 0 || row % nullEvery != 0);
        }

        foreach (var (row, value) in changes)
        {
            if (row < rows)
            {
                cells[row] = (value, true);
            }
        }

        return cells;
    }
}
