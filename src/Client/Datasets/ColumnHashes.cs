using System.Text.Json;
using System.Text.Json.Serialization;
using FeatureService.Core.Columns.Hashing;

namespace FeatureService.Client.Datasets;

/// <summary>One hash for each column of some rows; in files the base64 of all of them, big-endian, one after the other.</summary>
[JsonConverter(typeof(Converter))]
internal sealed class ColumnHashes(IReadOnlyList<ColumnHash> columns)
{
    private readonly IReadOnlyList<ColumnHash> _columns = columns;

    /// <summary>Number of columns.</summary>
    public int Count => _columns.Count;

    /// <summary>One column's hash.</summary>
    /// <param name="column">Its index.</param>
    public ColumnHash this[int column] => _columns[column];

    /// <summary>The hashes of all rows of several runs with the same columns.</summary>
    /// <param name="runs">The runs, at least one.</param>
    public static ColumnHashes Sum(IEnumerable<ColumnHashes> runs) =>
        runs.Aggregate((a, b) => new ColumnHashes([.. Enumerable.Range(0, a.Count).Select(i => a[i] + b[i])]));

    internal sealed class Converter : JsonConverter<ColumnHashes>
    {
        public override ColumnHashes Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            var bytes = reader.GetBytesFromBase64();
            return bytes.Length % ColumnHash.Size == 0
                ? new ColumnHashes(ColumnHash.ReadAll(bytes))
                : throw new JsonException($"{bytes.Length} bytes of hashes: expected a multiple of {ColumnHash.Size}");
        }

        public override void Write(Utf8JsonWriter writer, ColumnHashes value, JsonSerializerOptions options) =>
            writer.WriteBase64StringValue(ColumnHash.WriteAll(value._columns));
    }
}
