using System.Collections.Immutable;
using FeatureService.Engine.Definitions.Binding;
using FeatureService.Engine.Definitions.Custom;
using FeatureService.Engine.Definitions.NormalForms;

namespace FeatureService.Engine.Definitions;

/// <summary>From a view's text to a bound, typed view.</summary>
public static class ViewCompiler
{
    /// <summary>Reads, parses, binds and types a view.</summary>
    /// <param name="text">The YAML text of a view file.</param>
    /// <param name="file">What messages call it.</param>
    /// <param name="catalog">What it is bound against.</param>
    /// <param name="custom">Aggregates of C# that it may use; null for none.</param>
    /// <returns>The view, or every error of the text.</returns>
    public static ViewResult Compile(string text, string file, Catalog catalog, CustomAggregates? custom = null)
    {
        var source = new SourceText(file, text);
        var view = ViewFile.Read(source, catalog);
        if (view is null)
        {
            return new ViewResult(null, source.Diagnostics());
        }

        var population = new ViewBinder(view, catalog, custom ?? CustomAggregates.None).Bind();
        return source.IsGood ? new ViewResult(Finished(view, population), []) : new ViewResult(null, source.Diagnostics());
    }

    private static FeatureView Finished(ViewFile file, FeatureColumn? population)
    {
        ImmutableArray<FeatureColumn> columns = [.. file.Definitions.SelectMany(definition => definition.Columns).Select(column => column.Column!)];
        return new FeatureView
        {
            Name = file.Name,
            Description = file.Description,
            Columns = columns,
            Population = population,
            Numbers = file.Numbers,
            Version = Fingerprints.OfView(columns, population, file.Numbers),
        };
    }
}

/// <summary>A bound view, or what is wrong with its text.</summary>
/// <param name="View">The view; null where there are diagnostics.</param>
/// <param name="Diagnostics">Every error, in the order of the text; empty where the view is good.</param>
public sealed record ViewResult(FeatureView? View, ImmutableArray<Diagnostic> Diagnostics);
