using FeatureService.Client.Transport;
using FeatureService.Core.Columns;

namespace FeatureService.Client.Datasets.Reuse;

/// <summary>Which columns of a dataset are taken over from an earlier one, and why the others are not.</summary>
/// <remarks>
/// A fingerprint covers all that can change a value but the number type: so equal fingerprint, role and type are equal values, whatever
/// the column is called and wherever it stands.
/// </remarks>
internal sealed record ColumnChoice
{
    /// <summary>For each column of the dataset its index in the earlier one; null where it is computed.</summary>
    public required IReadOnlyList<int?> Sources { get; init; }

    /// <summary>Features and labels that are computed.</summary>
    public required IReadOnlyList<ManifestComputed> Computed { get; init; }

    /// <summary>Chooses.</summary>
    /// <param name="columns">The dataset's columns.</param>
    /// <param name="previous">The earlier one's, of the same rows.</param>
    public static ColumnChoice Of(IReadOnlyList<ManifestColumn> columns, IReadOnlyList<ManifestColumn> previous)
    {
        var sources = columns.Select(column => SourceOf(column, previous)).ToArray();
        return new ColumnChoice
        {
            Sources = sources,
            Computed = [.. columns.Where((_, i) => sources[i] is null).Select(column => new ManifestComputed(column.Name, Reason(column, previous)))],
        };
    }

    /// <summary>What is asked of the service: what is computed, and one column where that is nothing, as its answer proves the rows.</summary>
    /// <param name="columns">The dataset's columns.</param>
    public IReadOnlyList<string> Requested(IReadOnlyList<DatasetColumn> columns) => Computed.Count > 0
        ? [.. Computed.Select(column => column.Name)]
        : [.. columns.Where(c => c.Fingerprint.Length > 0).OrderBy(c => c.Type == ColumnType.String ? int.MaxValue : c.Type.Width()).Take(1).Select(c => c.Name)];

    private static int? SourceOf(ManifestColumn column, IReadOnlyList<ManifestColumn> previous)
    {
        // Columns that have no definition are told apart by their names.
        var index = previous.ToList().FindIndex(other => column.Fingerprint.Length > 0
            ? other.Fingerprint == column.Fingerprint && other.Type == column.Type && other.Role == column.Role
            : other with { Fingerprint = "" } == column && other.Fingerprint.Length == 0);
        return index < 0 ? null : index;
    }

    private static string Reason(ManifestColumn column, IReadOnlyList<ManifestColumn> previous)
    {
        if (previous.FirstOrDefault(other => other.Fingerprint == column.Fingerprint) is { } same)
        {
            return $"its type has changed: {same.Type} there, {column.Type} now";
        }

        return previous.Any(other => other.Name == column.Name) ? "its definition has changed" : "it is new";
    }
}
