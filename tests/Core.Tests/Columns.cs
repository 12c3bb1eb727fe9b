using System.Runtime.InteropServices;
using CsCheck;
using FeatureService.Core.Columns;

namespace FeatureService.Core.Tests;

/// <summary>Columns for tests of the codec.</summary>
internal static class Columns
{
    public static Gen<Column> Any => Gen.OneOf(
        Cells(Gen.Long).Select(Int64),
        Cells(Gen.Bool).Select(cells => Fixed(ColumnType.Bool, [.. cells.Select(c => c == true ? (byte)1 : (byte)0)], Valid(cells))),
        Cells(Gen.Int).Select(cells => Fixed(ColumnType.Date, [.. cells.Select(c => c ?? 0)], Valid(cells))),
        Cells(Gen.Float).Select(cells => Fixed(ColumnType.Float32, [.. cells.Select(c => c ?? 0)], Valid(cells))),
        Cells(Gen.Double).Select(cells => Fixed(ColumnType.Float64, [.. cells.Select(c => c ?? 0)], Valid(cells))),
        Gen.String[0, 5].Null().Array[0, 200].Select(Plain),
        Gen.Select(Gen.String[0, 5].Array[1, 6], Gen.Int[0, 1000].Array[0, 200], (texts, codes) =>
            Coded(texts, [.. codes.Select(c => c % 7 == 0 ? (int?)null : c % texts.Length)])));

    public static Column Int64(long?[] cells) => Fixed(ColumnType.Int64, [.. cells.Select(c => c ?? 0)], Valid(cells));

    public static Column Plain(string?[] cells)
    {
        var table = StringTable.Of(cells.Select(c => c ?? ""));
        return new Column
        {
            Type = ColumnType.String,
            Length = cells.Length,
            NullCount = cells.Count(c => c is null),
            Validity = Validity([.. cells.Select(c => c is not null)]),
            Data = table.Utf8,
            Offsets = table.OffsetBytes,
        };
    }

    public static Column Coded(string[] texts, int?[] cells) => new()
    {
        Type = ColumnType.String,
        Length = cells.Length,
        NullCount = cells.Count(c => c is null),
        Validity = Validity(Valid(cells)),
        Data = MemoryMarshal.AsBytes<int>(cells.Select(c => c ?? 0).ToArray()).ToArray(),
        Dictionary = StringTable.Of(texts),
    };

    /// <summary>One row's bytes, whatever the type; none for a null text.</summary>
    public static byte[] Bytes(Column column, int row)
    {
        if (column.Type == ColumnType.String)
        {
            return column.IsValid(row) ? column.Utf8(row).ToArray() : [];
        }

        var width = column.Type.Width();
        return column.Data.Span.Slice(row * width, width).ToArray();
    }

    private static Gen<T?[]> Cells<T>(Gen<T> values)
        where T : struct => values.Nullable().Array[0, 200];

    private static bool[] Valid<T>(T?[] cells)
        where T : struct => [.. cells.Select(c => c is not null)];

    public static Column Fixed<T>(ColumnType type, T[] values, bool[] valid)
        where T : unmanaged => new()
        {
            Type = type,
            Length = values.Length,
            NullCount = valid.Count(v => !v),
            Validity = Validity(valid),
            Data = MemoryMarshal.AsBytes<T>(values).ToArray(),
        };

    private static byte[] Validity(bool[] valid)
    {
        if (valid.All(v => v))
        {
            return [];
        }

        var bitmap = new byte[Bitmap.Bytes(valid.Length)];
        for (var i = 0; i < valid.Length; i++)
        {
            if (valid[i])
            {
                Bitmap.Set(bitmap, i);
            }
        }

        return bitmap;
    }
}
