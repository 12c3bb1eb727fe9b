using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;

namespace FeatureService.Client.Datasets;

/// <summary>
/// Lines of JSON whose last member is the XXH3-64 of the line without it: a digit that has changed is a number still, and would be believed.
/// </summary>
internal static class CheckedLine
{
    private const string Start = ",\"check\":\"";
    private const string End = "\"}";
    private const int HashDigits = 16;

    /// <summary>Whether a line says that it is checked.</summary>
    public static bool IsOne(string line) => line.Contains(Start, StringComparison.Ordinal);

    /// <summary>Writes an object as a line.</summary>
    public static string Write<T>(T value)
    {
        var text = JsonSerializer.Serialize(value, DatasetJson.Line);
        return $"{text[..^1]}{Start}{HashOf(text)}{End}";
    }

    /// <summary>What a line says beside its check.</summary>
    /// <param name="line">The line.</param>
    /// <returns>Null where the line is not as it was written.</returns>
    public static string? Read(string line)
    {
        var length = line.Length - Start.Length - HashDigits - End.Length;
        if (length < 1)
        {
            return null;
        }

        var text = line[..length] + "}";
        return line[length..] == $"{Start}{HashOf(text)}{End}" ? text : null;
    }

    private static string HashOf(string text) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(text)).ToString("x16", CultureInfo.InvariantCulture);
}
