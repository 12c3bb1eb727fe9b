using FeatureService.Engine.Definitions.Syntax;
using FeatureService.Engine.Definitions.Yaml;

namespace FeatureService.Engine.Definitions.Binding;

/// <summary>A feature or label of a view file on its way from text to one column, or several with <c>by</c> and <c>series</c>.</summary>
internal sealed class Definition
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its text and where that stands.</summary>
    public required YamlScalar Text { get; init; }

    /// <summary>Feature or label.</summary>
    public required FeatureRole Role { get; init; }

    /// <summary>Where its errors go.</summary>
    public required ErrorReport Errors { get; init; }

    /// <summary>As parsed; null where that failed.</summary>
    public required DefinitionSyntax? Syntax { get; init; }

    /// <summary>The columns that it makes, in their order; none where parsing failed and nobody knows them.</summary>
    public List<DefinedColumn> Columns { get; } = [];

    /// <summary>Whether it makes a column for each of several values or lags.</summary>
    public bool IsSeveral => Syntax is { By: not null } or { Series: not null };

    /// <summary>Nodes on the longest way down, definitions that it uses included.</summary>
    public int Depth { get; set; }
}

/// <summary>One column that a definition makes.</summary>
/// <param name="definition">The definition.</param>
/// <param name="name">The column's name.</param>
internal sealed class DefinedColumn(Definition definition, string name)
{
    /// <summary>The definition.</summary>
    public Definition Definition => definition;

    /// <summary>The column's name.</summary>
    public string Name => name;

    /// <summary>As bound; null before, and where that failed.</summary>
    public FeatureColumn? Column { get; set; }
}
