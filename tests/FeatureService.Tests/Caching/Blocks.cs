using FeatureService.Core.Columns;

namespace FeatureService.Tests.Caching;

/// <summary>Columns for blocks, and their bits.</summary>
internal static class Blocks
{
    /// <summary>Random values, of which every so many-th is null.</summary>
    public static Column Column(ColumnType type, int rows, int nullEvery, int seed)
    {
        var random = new Random(seed);
        if (type == ColumnType.String)
        {
            return Core.Columns.Column.Of([.. Enumerable.Range(0, rows).Select(row => nullEvery > 0 && row % nullEvery == 0 ? null : $"text {random.Next(20)}")]);
        }

        var width = type.Width();
        var (data, validity) = (new byte[rows * width], new byte[Bitmap.Bytes(rows)]);
        var nulls = 0;
        for (var row = 0; row < rows; row++)
        {
            if (nullEvery > 0 && row % nullEvery == 0)
            {
                nulls++;
                continue;
            }

            Bitmap.Set(validity, row);
            random.NextBytes(data.AsSpan(row * width, width));
            if (type == ColumnType.Bool)
            {
                data[row] &= 1;
            }
        }

        return new Column { Type = type, Length = rows, NullCount = nulls, Validity = nulls == 0 ? default : validity, Data = data };
    }

    /// <summary>All bits of a column, whatever form its strings have.</summary>
    public static byte[] Bits(Column column)
    {
        var bytes = new byte[PlainCodec.Size(column, 0, column.Length)];
        var position = 0;
        PlainCodec.Encode(column, 0, column.Length, bytes, ref position);
        return bytes;
    }
}
