using FeatureService.Core.Columns;
using FeatureService.Ingest.Values;

namespace FeatureService.Ingest.Inputs;

/// <summary>Finds the types of columns of text by all their values.</summary>
internal static class TypeFinder
{
    /// <summary>The types of columns over all files.</summary>
    /// <param name="inputs">The files.</param>
    /// <param name="names">The columns wanted.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static Dictionary<string, ColumnType> Find(IReadOnlyList<InputFile> inputs, IReadOnlySet<string> names, CancellationToken cancellation)
    {
        var found = inputs.SelectMany(input => input.Columns)
            .Where(column => column.Kind == InputKind.Untyped && names.Contains(column.Name))
            .Select(column => column.Name).Distinct().ToDictionary(name => name, _ => new TypeInference());
        foreach (var input in inputs)
        {
            input.AddTypes(found, cancellation);
        }

        return found.ToDictionary(pair => pair.Key, pair => pair.Value.Type);
    }
}
