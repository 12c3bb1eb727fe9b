using FeatureService.Contracts.V1;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Snapshots;
using FeatureService.Registry;

namespace FeatureService.Pipeline.Requests;

/// <summary>Finds what requests name: snapshot, view, columns.</summary>
/// <param name="snapshots">The snapshots.</param>
/// <param name="views">The published views.</param>
/// <param name="bound">Bound views and plans.</param>
internal sealed class SelectionReader(SnapshotRegistry snapshots, ViewRegistry views, BoundViews bound)
{
    /// <summary>What messages call a text that travels in a request.</summary>
    private const string RequestFile = "request";

    /// <summary>The snapshot of a request.</summary>
    /// <exception cref="RequestException">It is not here.</exception>
    public ISnapshot ReadSnapshot(SnapshotSelector? selector) => snapshots.Resolve(selector?.Name ?? "", selector?.Id ?? "");

    /// <summary>The view of a request, bound; null where the selector is wrong, which is then noted.</summary>
    /// <exception cref="RequestException">There is no such view, or its version is not loaded.</exception>
    public SelectedView? ReadView(ViewSelector? selector, ISnapshot snapshot, Violations violations, string fileName = "")
    {
        switch (selector?.ViewCase)
        {
            case ViewSelector.ViewOneofCase.Name:
                return ReadPublished(selector.Name, snapshot);
            case ViewSelector.ViewOneofCase.Definition:
                var file = fileName.Length == 0 ? RequestFile : fileName;
                return Bind(selector.Definition, file, snapshot, violations) is { } view
                    ? new SelectedView(view.Name, selector.Definition, view)
                    : null;
            default:
                violations.Add("view", "expected a name or a definition");
                return null;
        }
    }

    /// <summary>The plan of a request's columns.</summary>
    /// <param name="selector">Which columns.</param>
    /// <param name="selected">The view; null where it is wrong.</param>
    /// <param name="hasPopulation">Whether the view's population decides which rows exist.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="violations">Where errors go.</param>
    public Selection? ReadColumns(
        ColumnSelector? selector, SelectedView? selected, bool hasPopulation, ISnapshot snapshot, Violations violations)
    {
        if (selected is null)
        {
            return null;
        }

        var view = selected.View;
        if (selector is null || selector.Names.Count == 0)
        {
            return new Selection(selected.Name, snapshot, bound.Plan(snapshot, view, selector?.Labels ?? false, hasPopulation));
        }

        var wanted = new HashSet<string>(StringComparer.Ordinal);
        var known = view.Columns.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < selector.Names.Count; i++)
        {
            var name = selector.Names[i];
            if (!known.Contains(name))
            {
                violations.Add($"columns.names[{i}]", $"view {selected.Name} has no column '{name}'{NearestName.Hint(name, known)}");
            }
            else if (!wanted.Add(name))
            {
                violations.Add($"columns.names[{i}]", $"'{name}' is named twice");
            }
        }

        return Plan(snapshot, selected, hasPopulation, [.. view.Columns.Where(c => wanted.Contains(c.Name))]);
    }

    /// <summary>A published view, bound.</summary>
    /// <param name="name"><c>[team/]view[@version]</c>.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <exception cref="RequestException">There is no such view, its version is not loaded, or it does not fit the snapshot.</exception>
    public SelectedView ReadPublished(string name, ISnapshot snapshot)
    {
        var at = name.LastIndexOf('@');
        var found = views.Find(at < 0 ? name : name[..at]);
        var published = found.Served!;
        if (at < 0)
        {
            return new SelectedView(published.FullName, published.Text, bound.Bind(published, snapshot));
        }

        // A request that names its version gets it, though the file has changed since.
        var pinned = name[(at + 1)..];
        foreach (var version in found.Versions)
        {
            if (bound.Find(version, snapshot) is { } view && view.Version == pinned)
            {
                return new SelectedView(version.FullName, version.Text, view);
            }
        }

        var served = bound.Bind(published, snapshot).Version;
        throw new RequestException(FailureKind.FailedPrecondition, $"view {published.FullName} has version {served} here, '{pinned}' is not loaded")
        {
            Reason = "VERSION_NOT_LOADED",
        };
    }

    private Selection Plan(ISnapshot snapshot, SelectedView view, bool hasPopulation, IReadOnlyList<FeatureColumn> columns) =>
        new(view.Name, snapshot, bound.Plan(snapshot, view.View, columns, hasPopulation ? view.View.Population : null));

    private FeatureView? Bind(string text, string file, ISnapshot snapshot, Violations violations)
    {
        try
        {
            return bound.Bind(text, file, snapshot);
        }
        catch (RequestException exception) when (exception.Violations.Count > 0)
        {
            violations.Add(exception.Violations);
            return null;
        }
    }
}
