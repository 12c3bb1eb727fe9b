using FeatureService.Engine.Execution;
using FeatureService.Scheduling;

namespace FeatureService.Pipeline;

/// <summary>A run of the engine as the workers take it. Owns the run and its blocks until disposed.</summary>
/// <param name="start">Makes the run; called on a worker.</param>
internal sealed class RowsWork(Func<RowsRun> start) : IWork, IDisposable
{
    private RowsRun? _run;

    /// <summary>The finished blocks in row order; none before the work is done.</summary>
    public IReadOnlyList<FeatureBlock> Blocks { get; private set; } = [];

    /// <summary>Events of the entities; 0 before the work has begun.</summary>
    public long EventCount => _run?.EventCount ?? 0;

    /// <inheritdoc/>
    public int Begin()
    {
        _run = start();
        return _run.TaskCount;
    }

    /// <inheritdoc/>
    public void RunTask(int task, CancellationToken cancellation) => _run!.RunTask(task, cancellation);

    /// <inheritdoc/>
    public void Complete() => Blocks = _run!.Complete();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var block in Blocks)
        {
            block.Dispose();
        }

        Blocks = [];
        _run?.Dispose();
        _run = null;
    }
}
