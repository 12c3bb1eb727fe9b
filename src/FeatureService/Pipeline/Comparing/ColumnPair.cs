using FeatureService.Engine.Definitions;

namespace FeatureService.Pipeline.Comparing;

/// <summary>A column as it was and as it is to be; one of both may be missing.</summary>
/// <param name="Old">The column of the old view.</param>
/// <param name="New">The column of the new view.</param>
internal sealed record ColumnPair(FeatureColumn? Old, FeatureColumn? New)
{
    /// <summary>Its name: the new one where it has one.</summary>
    public string Name => (New ?? Old)!.Name;

    /// <summary>Whether the two are the same values by definition: one fingerprint, one type.</summary>
    public bool IsSame => Old is not null && New is not null && Old.Fingerprint == New.Fingerprint && Old.OutputType == New.OutputType;

    /// <summary>Every column of two views: those of the new one in its order, then those that are gone.</summary>
    public static IReadOnlyList<ColumnPair> Of(FeatureView old, FeatureView @new)
    {
        var names = @new.Columns.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        // A column of the old view whose name is gone may go on under another.
        var moved = old.Columns.Where(c => !names.Contains(c.Name)).ToList();
        var pairs = new List<ColumnPair>();
        foreach (var column in @new.Columns)
        {
            var before = old.Columns.FirstOrDefault(c => c.Name == column.Name) ?? moved.Find(c => c.Fingerprint == column.Fingerprint);
            moved.Remove(before!);
            pairs.Add(new ColumnPair(before, column));
        }

        pairs.AddRange(moved.Select(column => new ColumnPair(column, null)));
        return pairs;
    }
}
