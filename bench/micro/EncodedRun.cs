using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;

namespace FeatureService.Bench.Micro;

/// <summary>A column encoded as a message carries it, in the form that is found for it.</summary>
internal static class EncodedRun
{
    /// <summary>Encodes a column with the smallest form.</summary>
    /// <exception cref="InvalidOperationException">Another form was found than the one that is to be measured.</exception>
    public static (ChunkLayout Layout, byte[] Payload) Of(TypicalColumn typical)
    {
        var encoder = new ColumnEncoder(EncodingSet.All);
        var payload = new byte[encoder.Measure(typical.Column, 0, TypicalColumn.Rows)];
        var position = 0;
        var layout = encoder.Write(payload, ref position);
        return layout.Encoding == typical.Encoding
            ? (layout, payload)
            : throw new InvalidOperationException($"{typical}: encoded as {layout.Encoding}, expected {typical.Encoding}");
    }
}
