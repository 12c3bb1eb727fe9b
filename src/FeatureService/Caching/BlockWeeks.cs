using System.Numerics;
using System.Runtime.InteropServices;
using FeatureService.Core.Columns;

namespace FeatureService.Caching;

/// <summary>Takes weeks out of blocks.</summary>
internal static class BlockWeeks
{
    /// <summary>A block's values of some of its weeks, entity by entity; strings as codes.</summary>
    /// <param name="block">The block.</param>
    /// <param name="weeks">One bit for each week, all of which it has.</param>
    public static Column Pick(KeptBlock block, ulong weeks)
    {
        var decoded = block.Values.DecodeCoded();
        var values = decoded.Type == ColumnType.String ? Coded(decoded) : decoded;
        return weeks == block.Weeks ? values : Pick(values, block.Entities, block.Weeks, weeks);
    }

    private static Column Pick(Column values, int entities, ulong has, ulong wanted)
    {
        var places = new int[BitOperations.PopCount(wanted)];
        for (var (i, left) = (0, wanted); left != 0; i++, left &= left - 1)
        {
            places[i] = BitOperations.PopCount(has & ((left & (~left + 1)) - 1));
        }

        var (width, step) = (values.Type == ColumnType.String ? sizeof(int) : values.Type.Width(), BitOperations.PopCount(has));
        var data = new byte[entities * places.Length * width];
        var validity = new byte[values.NullCount == 0 ? 0 : Bitmap.Bytes(entities * places.Length)];
        var row = 0;
        for (var entity = 0; entity < entities; entity++)
        {
            foreach (var place in places)
            {
                var from = (entity * step) + place;
                values.Data.Span.Slice(from * width, width).CopyTo(data.AsSpan(row * width));
                if (values.NullCount > 0 && Bitmap.Get(values.Validity.Span, from))
                {
                    Bitmap.Set(validity, row);
                }

                row++;
            }
        }

        var nulls = values.NullCount == 0 ? 0 : row - Bitmap.CountOnes(validity, 0, row);
        return new Column
        {
            Type = values.Type,
            Length = row,
            NullCount = nulls,
            Validity = nulls == 0 ? default : validity,
            Data = data,
            Dictionary = values.Dictionary,
        };
    }

    /// <summary>Plain strings as codes: each row's is its number.</summary>
    private static Column Coded(Column plain) => plain.Dictionary is not null ? plain : new Column
    {
        Type = plain.Type,
        Length = plain.Length,
        NullCount = plain.NullCount,
        Validity = plain.Validity,
        Data = MemoryMarshal.AsBytes<int>(Enumerable.Range(0, plain.Length).ToArray()).ToArray(),
        Dictionary = new StringTable(plain.Length, plain.Offsets, plain.Data),
    };
}
