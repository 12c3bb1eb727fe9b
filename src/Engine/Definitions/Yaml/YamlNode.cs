using YamlDotNet.Core;

namespace FeatureService.Engine.Definitions.Yaml;

/// <summary>A node of a YAML file.</summary>
/// <param name="Start">Index of its first character in the file.</param>
internal abstract record YamlNode(int Start)
{
    /// <summary>What it is, for messages.</summary>
    public abstract string Kind { get; }
}

/// <summary>A text, as YAML understands it.</summary>
/// <param name="Start">Index of its first character in the file, quote or block indicator included.</param>
/// <param name="End">Index behind its last character.</param>
/// <param name="Value">The text with quotes, escapes and folds undone.</param>
/// <param name="Style">How it is written.</param>
internal sealed record YamlScalar(int Start, int End, string Value, ScalarStyle Style) : YamlNode(Start)
{
    /// <inheritdoc/>
    public override string Kind => IsEmpty ? "nothing" : "a text";

    /// <summary>Whether nothing is written, or YAML's null.</summary>
    public bool IsEmpty => Style == ScalarStyle.Plain && Value is "" or "~" or "null" or "Null" or "NULL";
}

/// <summary>A mapping, in the order of the file; keys may stand twice.</summary>
internal sealed record YamlMapping(int Start, IReadOnlyList<(YamlScalar Key, YamlNode Value)> Entries) : YamlNode(Start)
{
    /// <inheritdoc/>
    public override string Kind => "a mapping";
}

/// <summary>A list.</summary>
internal sealed record YamlSequence(int Start, IReadOnlyList<YamlNode> Items) : YamlNode(Start)
{
    /// <inheritdoc/>
    public override string Kind => "a list";
}
