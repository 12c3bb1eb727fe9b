using System.Buffers.Binary;
using System.Globalization;

namespace FeatureService.Core.Columns.Hashing;

/// <summary>
/// Hash of a column's logical values in some rows: the sum, modulo 2^128, of the hashes of its units, each of which covers the unit's
/// place. So parts can be hashed apart, in any order and by anybody, and added up.
/// </summary>
/// <param name="Value">The sum.</param>
public readonly record struct ColumnHash(UInt128 Value)
{
    /// <summary>Bytes of one hash.</summary>
    public const int Size = 16;

    /// <summary>The hash of both runs of rows.</summary>
    public static ColumnHash operator +(ColumnHash a, ColumnHash b) => new(unchecked(a.Value + b.Value));

    /// <summary>Hashes one after the other, big-endian.</summary>
    /// <param name="bytes">The bytes, a multiple of <see cref="Size"/>.</param>
    public static ColumnHash[] ReadAll(ReadOnlySpan<byte> bytes)
    {
        var hashes = new ColumnHash[bytes.Length / Size];
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i] = new ColumnHash(BinaryPrimitives.ReadUInt128BigEndian(bytes[(i * Size)..]));
        }

        return hashes;
    }

    /// <summary>The bytes of hashes, one after the other, big-endian.</summary>
    /// <param name="hashes">The hashes.</param>
    public static byte[] WriteAll(IReadOnlyList<ColumnHash> hashes)
    {
        var bytes = new byte[hashes.Count * Size];
        for (var i = 0; i < hashes.Count; i++)
        {
            BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(i * Size), hashes[i].Value);
        }

        return bytes;
    }

    /// <summary>32 hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
