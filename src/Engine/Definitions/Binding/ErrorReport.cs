using FeatureService.Engine.Definitions.Yaml;

namespace FeatureService.Engine.Definitions.Binding;

/// <summary>Where the errors of one definition go; their places are told in the file.</summary>
/// <param name="source">The file.</param>
/// <param name="scalar">The definition in it.</param>
internal sealed class ErrorReport(SourceText source, YamlScalar scalar)
{
    private int[]? _positions;

    /// <summary>Whether so many errors were found in the file that more are not looked for.</summary>
    public bool IsFull => source.IsFull;

    /// <summary>Reports an error.</summary>
    /// <param name="index">Where in the definition.</param>
    /// <param name="message">What is wrong and what was expected.</param>
    public void Add(int index, string message)
    {
        _positions ??= ScalarPositions.Find(source.Text, scalar);
        source.Report(_positions[Math.Min(index, _positions.Length - 1)], message);
    }
}
