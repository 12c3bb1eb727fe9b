using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FeatureService.Client.Datasets;

/// <summary>How datasets' own files are written as JSON.</summary>
/// <remarks>The code that reads and writes them is generated: by reflection a short command would spend more on it than on its work.</remarks>
[JsonSerializable(typeof(BuildIdentity))]
[JsonSerializable(typeof(DatasetManifest))]
[JsonSerializable(typeof(PartRecord))]
internal sealed partial class DatasetJson : JsonSerializerContext
{
    /// <summary>One line.</summary>
    public static JsonSerializerOptions Line { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        TypeInfoResolver = Default,
    };

    /// <summary>For people.</summary>
    public static JsonSerializerOptions Indented { get; } = new(Line) { WriteIndented = true };
}
