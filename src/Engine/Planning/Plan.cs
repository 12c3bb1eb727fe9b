using FeatureService.Engine.Definitions;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Engine.Planning;

/// <summary>
/// What is computed for a choice of a view's columns on one snapshot: the shared scans, tiles and windows behind them. Immutable,
/// used by any number of requests at once; independent of which entities and weeks are asked for.
/// </summary>
public sealed class Plan
{
    private Plan(ISnapshot snapshot, FeatureView view, IReadOnlyList<FeatureColumn> columns, string id)
    {
        Snapshot = snapshot;
        View = view;
        Columns = columns;
        Id = id;
    }

    /// <summary>The snapshot that is read.</summary>
    public ISnapshot Snapshot { get; }

    /// <summary>The view that the columns are of.</summary>
    public FeatureView View { get; }

    /// <summary>The columns of the output, features before labels, in the order of the view.</summary>
    public IReadOnlyList<FeatureColumn> Columns { get; }

    /// <summary>Hash of the snapshot's id and of names, fingerprints and types of <see cref="Columns"/>; 32 hexadecimal digits.</summary>
    public string Id { get; }

    /// <summary>Plans columns of a view.</summary>
    /// <param name="snapshot">The snapshot; the view must be bound against its catalog.</param>
    /// <param name="view">The view.</param>
    /// <param name="columns">Columns of the view, in its order.</param>
    public static Plan Create(ISnapshot snapshot, FeatureView view, IReadOnlyList<FeatureColumn> columns) =>
        new(snapshot, view, columns, "");
}
