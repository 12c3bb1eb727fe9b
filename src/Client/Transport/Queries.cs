using FeatureService.Core.Keys;

namespace FeatureService.Client.Transport;

/// <summary>Which view: a published one by name, or the text of a view file. Exactly one is set.</summary>
public sealed record ViewReference
{
    private ViewReference()
    {
    }

    /// <summary>Name of a published view (<c>team/view</c>, <c>team/view@version</c>); null where the text is given.</summary>
    public string? Name { get; private init; }

    /// <summary>Text of a view file; null where the name is given.</summary>
    public string? Definition { get; private init; }

    /// <summary>What messages call the text; empty for a name.</summary>
    public string FileName { get; private init; } = "";

    /// <summary>A published view.</summary>
    /// <param name="name"><c>team/view</c> or <c>team/view@version</c>; the team may be left out where one team has that view.</param>
    public static ViewReference Named(string name) => new() { Name = name };

    /// <summary>A view by its text; nothing must be registered.</summary>
    /// <param name="definition">The YAML text.</param>
    /// <param name="fileName">What messages call it.</param>
    public static ViewReference OfText(string definition, string fileName = "") => new() { Definition = definition, FileName = fileName };
}

/// <summary>Which snapshot. Nothing set: the service's only or default one, its current id.</summary>
/// <param name="Name">Name under which the service serves it; null for the default.</param>
/// <param name="Id">Id of its content; null for the current one. A call that sets it is answered from that id or not at all.</param>
public sealed record SnapshotReference(string? Name = null, string? Id = null)
{
    /// <summary>The service's default snapshot, its current id.</summary>
    public static SnapshotReference Default { get; } = new();
}

/// <summary>Weeks by their keys, both ends included.</summary>
/// <param name="First">The first week: the date on which it starts, or an ISO week where weeks start on Monday.</param>
/// <param name="Last">The last week; the first alone where it is the same.</param>
/// <param name="Step">Weeks from one to the next, from 1; the last week is left out where no step meets it.</param>
public sealed record WeekSpan(string First, string Last, int Step = 1)
{
    /// <inheritdoc/>
    public override string ToString() => (First == Last ? First : $"{First}..{Last}") + (Step == 1 ? "" : $"/{Step}");
}

/// <summary>What every query says: which view on which snapshot, and which of its columns.</summary>
public abstract record FeatureQuery
{
    /// <summary>The view.</summary>
    public required ViewReference View { get; init; }

    /// <summary>The snapshot. Default: the service's current one; what takes several calls resolves it once.</summary>
    public SnapshotReference Snapshot { get; init; } = SnapshotReference.Default;

    /// <summary>Names of features and labels to compute. Empty, the default: every feature, and labels as <see cref="Labels"/> says.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Whether labels are computed where <see cref="Columns"/> is empty. Default: true.</summary>
    public bool Labels { get; init; } = true;
}

/// <summary>Named entities times weeks, answered at once. Answers are at most 4 MiB.</summary>
public sealed record FeatureVectorsQuery : FeatureQuery
{
    /// <summary>The entities, in the order of the answer; of the type that the catalog says.</summary>
    public required IReadOnlyList<EntityKey> Entities { get; init; }

    /// <summary>The weeks.</summary>
    public required WeekSpan Weeks { get; init; }
}

/// <summary>One row of a list.</summary>
/// <param name="Entity">The entity, of the type that the catalog says; one that the snapshot does not know is one without events.</param>
/// <param name="Week">The week's key: the date on which it starts, or an ISO week where weeks start on Monday.</param>
public readonly record struct FeatureRow(EntityKey Entity, string Week);

/// <summary>Rows one by one, answered at once in their order, duplicates included. Answers are at most 4 MiB.</summary>
public sealed record FeatureRowsQuery : FeatureQuery
{
    /// <summary>The rows, at least one.</summary>
    public required IReadOnlyList<FeatureRow> Rows { get; init; }
}

/// <summary>In which order the answers to a stream of minibatches are handed out.</summary>
public enum AnswerOrder
{
    /// <summary>As the minibatches were sent.</summary>
    AsSent,

    /// <summary>As the answers come: none waits for another.</summary>
    AsAnswered,
}

/// <summary>What every minibatch of a stream computes.</summary>
public sealed record FeatureStreamQuery : FeatureQuery
{
    /// <summary>The order of answers. Default: as the minibatches were sent.</summary>
    public AnswerOrder Order { get; init; } = AnswerOrder.AsSent;
}

/// <summary>A grid of any size, answered as a stream of batches.</summary>
public sealed record BackfillQuery : FeatureQuery
{
    /// <summary>The weeks.</summary>
    public required WeekSpan Weeks { get; init; }

    /// <summary>The entities, each once, in any order; null, the default, means all of the snapshot.</summary>
    public IReadOnlyList<EntityKey>? Entities { get; init; }

    /// <summary>A random sample of the snapshot's entities in place of <see cref="Entities"/>; null, the default, for none.</summary>
    public EntitySample? Sample { get; init; }

    /// <summary>Whether every row exists, whatever the view's population says. Default: false.</summary>
    public bool IgnorePopulation { get; init; }

    /// <summary>Whether columns that services have computed before are taken from their cache; values are the same. Default: where it pays.</summary>
    public CachePolicy Cache { get; init; } = CachePolicy.Auto;
}

/// <summary>Whether services use their cache.</summary>
public enum CachePolicy
{
    /// <summary>For columns whose computing costs at least three times fetching and decoding.</summary>
    Auto,

    /// <summary>For every column.</summary>
    Always,

    /// <summary>For none: nothing is taken or kept.</summary>
    Never,

    /// <summary>Every column is computed, and kept in place of what is there.</summary>
    Refresh,
}
