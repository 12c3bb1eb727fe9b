using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FeatureService.Client.Datasets;

/// <summary>
/// Hash of a column's logical values in some rows: the sum, modulo 2^128, of the hashes of its units, each of which covers the unit's
/// place. So parts can be hashed apart, in any order, and added up.
/// </summary>
/// <param name="Value">The sum.</param>
internal readonly record struct ColumnHash(UInt128 Value)
{
    /// <summary>Bytes of one hash.</summary>
    public const int Size = 16;

    /// <summary>The hash of both runs of rows.</summary>
    public static ColumnHash operator +(ColumnHash a, ColumnHash b) => new(unchecked(a.Value + b.Value));

    /// <summary>32 hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>One hash for each column of some rows; in files the base64 of all of them, big-endian, one after the other.</summary>
[JsonConverter(typeof(Converter))]
internal sealed class ColumnHashes(IReadOnlyList<ColumnHash> columns)
{
    /// <summary>Number of columns.</summary>
    public int Count => columns.Count;

    /// <summary>One column's hash.</summary>
    /// <param name="column">Its index.</param>
    public ColumnHash this[int column] => columns[column];

    /// <summary>The hashes of all rows of several runs with the same columns.</summary>
    /// <param name="runs">The runs, at least one.</param>
    public static ColumnHashes Sum(IEnumerable<ColumnHashes> runs) =>
        runs.Aggregate((a, b) => new ColumnHashes([.. Enumerable.Range(0, a.Count).Select(i => a[i] + b[i])]));

    private sealed class Converter : JsonConverter<ColumnHashes>
    {
        public override ColumnHashes Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            var bytes = reader.GetBytesFromBase64();
            return bytes.Length % ColumnHash.Size == 0
                ? new ColumnHashes([.. bytes.Chunk(ColumnHash.Size).Select(hash => new ColumnHash(BinaryPrimitives.ReadUInt128BigEndian(hash)))])
                : throw new JsonException($"{bytes.Length} bytes of hashes: expected a multiple of {ColumnHash.Size}");
        }

        public override void Write(Utf8JsonWriter writer, ColumnHashes value, JsonSerializerOptions options)
        {
            var bytes = new byte[value.Count * ColumnHash.Size];
            for (var i = 0; i < value.Count; i++)
            {
                BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(i * ColumnHash.Size), value[i].Value);
            }

            writer.WriteBase64StringValue(bytes);
        }
    }
}
