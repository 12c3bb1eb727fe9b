using FeatureService.Client.Transport;
using FeatureService.Core.Tables;

namespace FeatureService.Client.Datasets;

/// <summary>
/// A list of rows of any size as a dataset: as many rows as the spine has, in its order, duplicates and the caller's own columns kept.
/// </summary>
public sealed record SpineQuery : FeatureQuery
{
    /// <summary>
    /// The rows: a column with the entity's name, keys of the catalog's type; a column <c>week</c>, dates or texts that are week keys,
    /// unless <see cref="TimeColumn"/> is set; and any further columns, which are carried along behind these two.
    /// </summary>
    public required ITable Spine { get; init; }

    /// <summary>
    /// A column of instants, each standing for the week in which it lies, in the catalog's zone; it is carried along. Null, the default:
    /// there is a column <c>week</c>.
    /// </summary>
    public string? TimeColumn { get; init; }

    /// <summary>Rows of a shard; null, as it is outside tests, for as many as can be held.</summary>
    internal int? RowsPerShard { get; init; }
}
