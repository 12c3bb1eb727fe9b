using System.Collections.Immutable;
using FeatureService.Core.Columns;

namespace FeatureService.Engine.Definitions;

/// <summary>What a column of a view is for.</summary>
public enum FeatureRole : byte
{
    /// <summary>Known before the cutoff.</summary>
    Feature,

    /// <summary>What is to be predicted; may look past the cutoff.</summary>
    Label,
}

/// <summary>The number types of a view's outputs.</summary>
public enum NumberType : byte
{
    /// <summary>Each column has its own type.</summary>
    Own,

    /// <summary>Bool, int64 and float64 columns are rounded to float32, once, at the end.</summary>
    Float32,
}

/// <summary>One output column of a view, bound and typed.</summary>
public sealed record FeatureColumn
{
    /// <summary>Its name in outputs.</summary>
    public required string Name { get; init; }

    /// <summary>Feature or label.</summary>
    public required FeatureRole Role { get; init; }

    /// <summary>The expression around aggregates that gives the unrounded value.</summary>
    public required Expression Expression { get; init; }

    /// <summary>Type of the output: the expression's, or float32 where the view says so.</summary>
    public required ColumnType OutputType { get; init; }

    /// <summary>The definition in normal form, other features written out.</summary>
    public required string NormalForm { get; init; }

    /// <summary>Hash of the normal form and of what it reads of the catalog; 32 hexadecimal digits.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The definition as written.</summary>
    public required string Text { get; init; }
}

/// <summary>A named list of feature and label definitions, bound against a catalog.</summary>
public sealed record FeatureView
{
    /// <summary>The view's name, from its <c>view:</c> key.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for, in the owner's words; may be empty.</summary>
    public string Description { get; init; } = "";

    /// <summary>Features, then labels, in the order of the file.</summary>
    public required ImmutableArray<FeatureColumn> Columns { get; init; }

    /// <summary>
    /// Which rows of a grid exist, a bool: those for which it is true. A column that no output has; null where every row does.
    /// </summary>
    public FeatureColumn? Population { get; init; }

    /// <summary>The number types of the outputs.</summary>
    public required NumberType Numbers { get; init; }

    /// <summary>Hash of column names in order, fingerprints, population and numbers; 32 hexadecimal digits.</summary>
    public required string Version { get; init; }
}
