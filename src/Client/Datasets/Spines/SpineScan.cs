using FeatureService.Client.Transport;

namespace FeatureService.Client.Datasets.Spines;

/// <summary>What one reading of a spine found; every row of it can be filled.</summary>
/// <param name="Rows">Number of rows.</param>
/// <param name="ContentHash">Hash of the names, types and values of its columns, weeks being what the rows stand for, in row order.</param>
/// <param name="Weeks">The weeks from the first to the last, and how many different ones; null where there is no row.</param>
/// <param name="Days">First days of its weeks, ascending, each once.</param>
/// <param name="Distances">How far its instants lie behind their cutoffs; null where it has weeks.</param>
internal sealed record SpineScan(
    long Rows, string ContentHash, ManifestWeeks? Weeks, IReadOnlyList<int> Days, ManifestDistances? Distances)
{
    /// <summary>Reads a spine to its end.</summary>
    /// <param name="reader">Reads it.</param>
    /// <param name="columns">The spine's columns as the dataset has them.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="SpineException">Rows have no entity, or none that the snapshot could have, or no week.</exception>
    public static SpineScan Of(SpineReader reader, IReadOnlyList<DatasetColumn> columns, CancellationToken cancellation)
    {
        var hasher = new ContentHasher(columns);
        var weeks = new HashSet<int>();
        var distances = new SpineDistances();
        var problems = reader.NewProblems();
        var rows = 0L;
        foreach (var run in reader.Read(problems, distances, cancellation))
        {
            hasher.AddList(run.Columns, rows, run.RowCount);
            rows += run.RowCount;
            var last = int.MinValue;
            foreach (var day in run.Columns[1].Values<int>())
            {
                if (day != last)
                {
                    weeks.Add(day);
                    last = day;
                }
            }
        }

        problems.ThrowIfAny();
        var content = ContentHasher.Combine(columns, rows, hasher.Finish());
        return new SpineScan(rows, content, WeeksOf(weeks), [.. weeks.Order()], distances.Finish());
    }

    private static ManifestWeeks? WeeksOf(HashSet<int> days) => days.Count == 0
        ? null
        : new ManifestWeeks(SpineReader.Format(days.Min()), SpineReader.Format(days.Max()), days.Count);
}
