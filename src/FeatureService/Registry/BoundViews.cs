using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Text;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Definitions.Custom;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Registry;

/// <summary>Views bound against snapshots, and plans of their columns; both are kept, as requests repeat them.</summary>
/// <param name="custom">Aggregates of C# that views may use; null for none.</param>
public sealed class BoundViews(CustomAggregates? custom = null)
{
    /// <summary>A training job or notebook uses a handful of each; the bound only guards memory.</summary>
    private const int EntriesMax = 256;

    private readonly BoundedCache<(UInt128 Text, string File, string SnapshotId), FeatureView> _views = new(EntriesMax);
    private readonly BoundedCache<(UInt128 Columns, string SnapshotId), Plan> _plans = new(EntriesMax);

    // Plans of whole views, which go with the view.
    private readonly ConditionalWeakTable<FeatureView, Plan?[]> _whole = [];

    /// <summary>Binds a view's text against a snapshot's catalog.</summary>
    /// <param name="text">The text of a view file.</param>
    /// <param name="file">What messages call it.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <exception cref="RequestException">The text is wrong: every error is a violation.</exception>
    public FeatureView Bind(string text, string file, ISnapshot snapshot) => Bind(HashOf(text), text, file, snapshot);

    /// <summary>Binds a published view against a snapshot's catalog.</summary>
    /// <param name="view">The view.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <exception cref="RequestException">It does not fit the catalog: every error is a violation.</exception>
    public FeatureView Bind(PublishedView view, ISnapshot snapshot) => Bind(view.TextHash, view.Text, view.File, snapshot);

    /// <summary>A published view bound against a snapshot; null where it does not fit that snapshot's catalog.</summary>
    /// <param name="view">The view.</param>
    /// <param name="snapshot">The snapshot.</param>
    internal FeatureView? Find(PublishedView view, ISnapshot snapshot)
    {
        try
        {
            return Bind(view, snapshot);
        }
        catch (RequestException exception) when (exception.Violations.Count > 0)
        {
            return null;
        }
    }

    /// <summary>Plans columns of a view.</summary>
    /// <param name="snapshot">The snapshot that the view is bound against.</param>
    /// <param name="view">The view.</param>
    /// <param name="columns">Columns of it, in its order.</param>
    /// <param name="population">Which rows of grids exist: the view's; null for all.</param>
    public Plan Plan(ISnapshot snapshot, FeatureView view, IReadOnlyList<FeatureColumn> columns, FeatureColumn? population = null)
    {
        var key = new StringBuilder(view.Version).Append(population is null ? "" : " of the population");
        foreach (var column in columns)
        {
            key.Append('\n').Append(column.Name.Length).Append(':').Append(column.Name);
        }

        return _plans.GetOrAdd(
            (XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(key.ToString())), snapshot.Id),
            _ => Engine.Planning.Plan.Create(snapshot, view, columns, population));
    }

    /// <summary>Plans all features of a view, which most requests ask for: found without a look at the columns.</summary>
    /// <param name="snapshot">The snapshot that the view is bound against.</param>
    /// <param name="view">The view.</param>
    /// <param name="labels">Whether its labels are planned too.</param>
    /// <param name="hasPopulation">Whether the view's population decides which rows of grids exist.</param>
    public Plan Plan(ISnapshot snapshot, FeatureView view, bool labels, bool hasPopulation)
    {
        ref var known = ref _whole.GetValue(view, static _ => new Plan?[4])[(labels ? 1 : 0) + (hasPopulation ? 2 : 0)];
        if (Volatile.Read(ref known) is { } kept && kept.Snapshot == snapshot)
        {
            return kept;
        }

        var plan = Plan(
            snapshot, view, [.. view.Columns.Where(c => labels || c.Role == FeatureRole.Feature)], hasPopulation ? view.Population : null);
        Volatile.Write(ref known, plan);
        return plan;
    }

    /// <summary>Forgets what was made for other snapshots, which it would keep in memory.</summary>
    /// <param name="snapshotIds">The snapshots that are loaded.</param>
    internal void KeepOnly(IReadOnlyCollection<string> snapshotIds)
    {
        _views.Remove(key => !snapshotIds.Contains(key.SnapshotId));
        _plans.Remove(key => !snapshotIds.Contains(key.SnapshotId));
    }

    /// <summary>The hash that a text is known by.</summary>
    internal static UInt128 HashOf(string text) => XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(text));

    private FeatureView Bind(UInt128 hash, string text, string file, ISnapshot snapshot) =>
        _views.GetOrAdd((hash, file, snapshot.Id), _ => Compile(text, file, snapshot));

    private FeatureView Compile(string text, string file, ISnapshot snapshot)
    {
        var result = ViewCompiler.Compile(text, file, snapshot.Catalog, custom);
        return result.View is { } view && result.Diagnostics.IsEmpty
            ? view
            : throw RequestException.Invalid([.. result.Diagnostics.Select(ViolationOf)]);
    }

    private static Violation ViolationOf(Diagnostic diagnostic) =>
        new(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{diagnostic.File}:{diagnostic.Line}:{diagnostic.Column}"), diagnostic.Message);
}
