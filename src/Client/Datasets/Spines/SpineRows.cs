using FeatureService.Client.FanOut;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;

namespace FeatureService.Client.Datasets.Spines;

/// <summary>A run of rows of a spine.</summary>
/// <param name="Columns">The entity, as the snapshot has it; the week's first day; the caller's own.</param>
/// <param name="RowCount">Number of rows.</param>
internal sealed record SpineRows(IReadOnlyList<Column> Columns, int RowCount)
{
    /// <summary>What is asked of the service.</summary>
    public ListedRows Listed => new(
        Columns[0].Type == ColumnType.Int64
            ? new EntityKeys(Columns[0].Values<long>().ToArray())
            : new EntityKeys(new StringTable(RowCount, Columns[0].Offsets, Columns[0].Data)),
        Columns[1].Values<int>().ToArray());

    /// <summary>Cuts rows anew, into runs of one size.</summary>
    /// <param name="rows">The rows in order.</param>
    /// <param name="size">Rows of each run but the last.</param>
    public static IEnumerable<SpineRows> Cut(IEnumerable<SpineRows> rows, int size)
    {
        var pieces = new List<SpineRows>();
        var held = 0;
        foreach (var run in rows)
        {
            for (var first = 0; first < run.RowCount;)
            {
                var count = Math.Min(run.RowCount - first, size - held);
                pieces.Add(run.Slice(first, count));
                first += count;
                held += count;
                if (held == size)
                {
                    yield return Join(pieces);
                    pieces.Clear();
                    held = 0;
                }
            }
        }

        if (held > 0)
        {
            yield return Join(pieces);
        }
    }

    private SpineRows Slice(int first, int count) => new([.. Columns.Select(column => column.Slice(first, count))], count);

    private static SpineRows Join(List<SpineRows> pieces) => new(
        [.. pieces[0].Columns.Select((column, i) => ColumnJoin.Join(column.Type, [.. pieces.Select(piece => piece.Columns[i])]))],
        pieces.Sum(piece => piece.RowCount));
}
