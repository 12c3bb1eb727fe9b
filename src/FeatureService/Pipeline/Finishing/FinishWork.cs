using FeatureService.Core.Columns;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using FeatureService.Parquet.Pages;
using FeatureService.Pipeline.Replies;
using FeatureService.Scheduling;

namespace FeatureService.Pipeline.Finishing;

/// <summary>
/// Finishes the columns of blocks for a file, a task each, on the workers: the threads of connections are not for that. The status is left
/// out, as whoever writes the file counts it.
/// </summary>
/// <param name="form">The form.</param>
/// <param name="plan">The blocks' plan.</param>
/// <param name="blocks">The blocks; they stay their owner's.</param>
internal sealed class FinishWork(FinishedForm form, Plan plan, IReadOnlyList<FeatureBlock> blocks) : IWork, IDisposable
{
    private readonly int _columnCount = plan.Columns.Count + Headers.RowColumns;
    private FinishedChunk?[] _chunks = [];

    /// <summary>The chunks of a block, by <see cref="Headers.Columns"/>; null for the status.</summary>
    /// <param name="block">Index of the block.</param>
    public ReadOnlySpan<FinishedChunk?> Of(int block) => _chunks.AsSpan(block * _columnCount, _columnCount);

    /// <inheritdoc/>
    public int Begin()
    {
        _chunks = new FinishedChunk?[blocks.Count * _columnCount];
        return _chunks.Length;
    }

    /// <inheritdoc/>
    public void RunTask(int task, CancellationToken cancellation)
    {
        var (index, place) = (task % _columnCount, task / _columnCount);
        if (index == Headers.StatusIndex || blocks[place].RowCount == 0)
        {
            return;
        }

        var (name, column) = Headers.Columns(plan, blocks[place])[index];
        _chunks[task] = ChunkFinisher.Finish(form, new ChunkColumn(name, column.Type, index >= Headers.RowColumns), column);
    }

    /// <inheritdoc/>
    public void Complete()
    {
        // Each task has left its chunk.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var chunk in _chunks)
        {
            chunk?.Dispose();
        }

        _chunks = [];
    }
}
