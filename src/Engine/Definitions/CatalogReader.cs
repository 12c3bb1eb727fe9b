using System.Collections.Immutable;
using FeatureService.Engine.Definitions.Binding;

namespace FeatureService.Engine.Definitions;

/// <summary>From a catalog's text to its checked form.</summary>
public static class CatalogReader
{
    /// <summary>Reads a catalog file's text.</summary>
    /// <param name="text">The YAML text.</param>
    /// <param name="path">The file's name, for messages and for relative inputs.</param>
    /// <returns>The catalog, or every error of the text.</returns>
    public static CatalogResult Read(string text, string path)
    {
        var source = new SourceText(path, text);
        var catalog = new CatalogFileReader(source).Read();
        return source.IsGood ? new CatalogResult(catalog, []) : new CatalogResult(null, source.Diagnostics());
    }
}

/// <summary>A catalog file, or what is wrong with its text.</summary>
/// <param name="Catalog">The catalog; null where there are diagnostics.</param>
/// <param name="Diagnostics">Every error, in the order of the text; empty where the catalog is good.</param>
public sealed record CatalogResult(CatalogFile? Catalog, ImmutableArray<Diagnostic> Diagnostics);
