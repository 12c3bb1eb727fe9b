using System.Text.Json;

namespace FeatureService.Hosting;

/// <summary>Reads a configuration file: one JSON object whose keys are the names of settings.</summary>
internal static class ConfigFile
{
    private static readonly JsonDocumentOptions _json = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The values by setting name; null where the file cannot be read, which is then told.</summary>
    public static Dictionary<string, IReadOnlyList<string>>? Read(string path, List<string> errors)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), _json);
            return Read(path, document.RootElement, errors);
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            errors.Add($"config {path}: {exception.Message}");
            return null;
        }
    }

    private static Dictionary<string, IReadOnlyList<string>>? Read(string path, JsonElement root, List<string> errors)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            errors.Add($"config {path}: expected an object, as {{\"workers\": 2}}");
            return null;
        }

        var values = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var property in root.EnumerateObject())
        {
            var names = ServiceSettings.All.Select(s => s.Name);
            if (!names.Contains(property.Name))
            {
                errors.Add($"config {path}: there is no setting '{property.Name}'{Registry.NearestName.Hint(property.Name, names)}");
            }
            else
            {
                values[property.Name] = property.Value.ValueKind == JsonValueKind.Array
                    ? [.. property.Value.EnumerateArray().Select(e => e.ToString())]
                    : [property.Value.ToString()];
            }
        }

        return values;
    }
}
