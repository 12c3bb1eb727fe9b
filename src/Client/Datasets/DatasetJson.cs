using System.Text.Encodings.Web;
using System.Text.Json;

namespace FeatureService.Client.Datasets;

/// <summary>How datasets' own files are written as JSON.</summary>
internal static class DatasetJson
{
    /// <summary>One line.</summary>
    public static JsonSerializerOptions Line { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
    };

    /// <summary>For people.</summary>
    public static JsonSerializerOptions Indented { get; } = new(Line) { WriteIndented = true };
}
