using YamlDotNet.Core;

namespace FeatureService.Engine.Definitions.Yaml;

/// <summary>Words for what YAML cannot read.</summary>
internal static class YamlErrors
{
    /// <summary>What to do where YAML took a part of a definition for its own syntax.</summary>
    public const string Cure = "quote the whole value, or write it as a | block";

    /// <summary>The message for an error of YAML, with the cure where a definition is misread.</summary>
    /// <param name="text">The file.</param>
    /// <param name="at">Where YAML stopped.</param>
    /// <param name="error">What YAML says.</param>
    public static string Describe(string text, int at, string error)
    {
        var message = $"the file is not readable as YAML: {error.TrimEnd('.')}";
        var start = at == 0 ? 0 : text.LastIndexOf('\n', at - 1) + 1;
        var end = text.IndexOf('\n', at);
        var value = Value(text[start..(end < 0 ? text.Length : end)].TrimEnd('\r'));
        return value switch
        {
            null or "" => message,
            _ when value[0] is '\'' or '"' => $"{message}; a value that starts with a quote ends at the next one: {Cure}",
            _ when value.Contains(": ", StringComparison.Ordinal) || value.EndsWith(':') =>
                $"{message}; a value with ': ' inside is misread: {Cure}",
            _ when value[0] is '%' or '@' or '`' or '*' or '&' or '!' => $"{message}; a value cannot start with '{value[0]}': {Cure}",
            _ => message,
        };
    }

    /// <summary>The end of a message about a definition that ends too early: whether YAML took its rest for a comment.</summary>
    /// <param name="text">The file.</param>
    /// <param name="scalar">The definition.</param>
    public static string CutOffHint(string text, YamlScalar scalar)
    {
        var at = scalar.End;
        while (at < text.Length && text[at] is ' ' or '\t')
        {
            at++;
        }

        return scalar.Style == ScalarStyle.Plain && at < text.Length && text[at] == '#'
            ? $"; what follows ' #' is a comment to YAML: if it belongs to the definition, {Cure}"
            : "";
    }

    /// <summary>What stands behind the first <c>: </c> of a line.</summary>
    private static string? Value(string line)
    {
        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        return colon < 0 ? null : line[(colon + 2)..].Trim();
    }
}
