using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Contracts.V1;
using FeatureService.Core.Columns;

namespace FeatureService.Client.Datasets.Spines;

/// <summary>Fills runs of a spine: asks for all rows of a run, puts them back into its order, and the caller's columns beside them.</summary>
/// <param name="target">What is computed.</param>
/// <param name="layout">The spine's and the dataset's columns.</param>
/// <param name="lists">Asks the service.</param>
internal sealed class SpineFetcher(ViewOnSnapshot target, SpineLayout layout, ListFetcher lists)
{
    /// <summary>Rows of a batch, and so of a row group; of each shard three batches may be held beside its answers.</summary>
    private const int BatchRowsMax = 1 << 16;

    /// <summary>Rows that are asked for at a time where errors are looked for in the spine's order.</summary>
    private const int ErrorRowsMax = 4096;

    private readonly AnswerHeader _header = new(target.Snapshot.Id, target.View.Version, target.EngineVersion, layout.Columns);

    /// <summary>Fills a run.</summary>
    /// <param name="rows">The run.</param>
    /// <param name="firstRow">Number in the spine of its first row.</param>
    /// <param name="receiver">Who stores the batches.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="FeatureServiceException">The service refuses a request, or what it sends stays wrong.</exception>
    /// <exception cref="PartialBuildException">The service is gone for too long.</exception>
    public async Task FetchAsync(SpineRows rows, long firstRow, IShardReceiver receiver, CancellationToken cancellation)
    {
        var list = rows.Listed;
        var answers = await lists.FetchAsync(list, cancellation).ConfigureAwait(false);
        var count = answers.Aggregate(0ul, (sum, answer) => sum + answer.ErrorCount);
        receiver.AcceptErrors(count == 0 ? [] : await ErrorsAsync(list, answers, cancellation).ConfigureAwait(false), count);
        receiver.AcceptCost(new SliceCost(answers.Aggregate(TimeSpan.Zero, (sum, answer) => sum + answer.Cpu), 0));
        var gather = new RowGather(answers);
        for (var first = 0; first < rows.RowCount; first += BatchRowsMax)
        {
            var batch = Batch(rows, gather, first, Math.Min(BatchRowsMax, rows.RowCount - first), firstRow + first);
            await receiver.AcceptAsync(batch, cancellation).ConfigureAwait(false);
        }
    }

    private FeatureBatch Batch(SpineRows rows, RowGather gather, int first, int count, long rowOfSpine)
    {
        var taken = gather.Take(first, count);
        var columns = new IReadOnlyList<Column>[layout.Columns.Count];
        for (var i = 0; i < columns.Length; i++)
        {
            // The caller's own stand between the week and the features.
            var answered = i < 2 ? i : i - layout.Own.Count;
            columns[i] = layout.Columns[i].Role == DatasetColumnRole.Spine
                ? [rows.Columns[i].Slice(first, count)]
                : [taken.Column(answered, layout.Columns[i].Type)];
        }

        return new FeatureBatch(_header, null, rowOfSpine, count, columns);
    }

    /// <summary>The first cells without a value, in the spine's order.</summary>
    private async Task<IReadOnlyList<DatasetCellError>> ErrorsAsync(
        ListedRows list, IReadOnlyList<ListAnswer> answers, CancellationToken cancellation)
    {
        if (answers.All(answer => answer.ErrorCount == (ulong)answer.Errors.Count))
        {
            return [.. answers.SelectMany(answer => answer.Errors.Select(error => (Row: answer.Rows.Span[(int)error.Row], error)))
                .OrderBy(found => found.Row).Select(found => Told(found.error)).Take(CellErrorsException.ListedMax)];
        }

        // An answer lists the first of its own order only; asked in the spine's, those are the spine's first.
        var errors = new List<DatasetCellError>();
        var order = Enumerable.Range(0, list.Count).ToArray();
        for (var first = 0; first < order.Length && errors.Count < CellErrorsException.ListedMax; first += ErrorRowsMax)
        {
            var asked = order.AsMemory(first, Math.Min(ErrorRowsMax, order.Length - first));
            foreach (var answer in await lists.FetchAsync(list, asked, cancellation).ConfigureAwait(false))
            {
                errors.AddRange(answer.Errors.Select(Told).Take(CellErrorsException.ListedMax - errors.Count));
            }
        }

        return errors;
    }

    private static DatasetCellError Told(CellError error) => new(error.Column, error.Entity, error.Week, error.Message);
}
