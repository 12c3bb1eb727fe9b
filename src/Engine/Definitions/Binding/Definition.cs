using FeatureService.Engine.Definitions.Syntax;
using FeatureService.Engine.Definitions.Yaml;

namespace FeatureService.Engine.Definitions.Binding;

/// <summary>A feature or label of a view file on its way from text to column.</summary>
internal sealed class Definition
{
    /// <summary>Its name and where that stands.</summary>
    public required YamlScalar Key { get; init; }

    /// <summary>Its text and where that stands.</summary>
    public required YamlScalar Text { get; init; }

    /// <summary>Feature or label.</summary>
    public required FeatureRole Role { get; init; }

    /// <summary>Where its errors go.</summary>
    public required ErrorReport Errors { get; init; }

    /// <summary>As parsed; null where that failed.</summary>
    public required DefinitionSyntax? Syntax { get; init; }

    /// <summary>Its name.</summary>
    public string Name => Key.Value;

    /// <summary>Nodes on the longest way down, definitions that it uses included.</summary>
    public int Depth { get; set; }

    /// <summary>As bound; null before, and where that failed.</summary>
    public FeatureColumn? Column { get; set; }
}
