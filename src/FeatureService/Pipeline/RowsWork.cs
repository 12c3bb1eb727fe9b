using System.Diagnostics;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using FeatureService.Pipeline.Verification;
using FeatureService.Scheduling;

namespace FeatureService.Pipeline;

/// <summary>A run of the engine as the workers take it. Owns the run and its blocks until disposed.</summary>
/// <param name="plan">What is computed.</param>
/// <param name="start">Makes the run; called on a worker.</param>
/// <param name="verifier">Verifies a share of what was computed.</param>
internal sealed class RowsWork(Plan plan, Func<RowsRun> start, Verifier verifier) : IWork, IDisposable
{
    private RowsRun? _run;
    private long _computedTicks;
    private long _cpuTicks;

    /// <summary>The finished blocks in row order; none before the work is done.</summary>
    public IReadOnlyList<FeatureBlock> Blocks { get; private set; } = [];

    /// <summary>Events of the entities; 0 before the work has begun.</summary>
    public long EventCount => _run?.EventCount ?? 0;

    /// <summary>CPU time that the workers have taken for it so far; zero where the system does not tell.</summary>
    public TimeSpan CpuTime => TimeSpan.FromTicks(Interlocked.Read(ref _cpuTicks));

    /// <inheritdoc/>
    public int Begin()
    {
        var before = ThreadCpuTime.Now;
        _run = start();
        Took(before);
        return _run.TaskCount;
    }

    /// <inheritdoc/>
    public void RunTask(int task, CancellationToken cancellation)
    {
        var (started, before) = (Stopwatch.GetTimestamp(), ThreadCpuTime.Now);
        _run!.RunTask(task, cancellation);
        Took(before);
        Interlocked.Add(ref _computedTicks, Stopwatch.GetElapsedTime(started).Ticks);
    }

    /// <inheritdoc/>
    public void Complete()
    {
        Blocks = _run!.Complete();
        if (verifier.IsOn)
        {
            verifier.Verify(plan, Blocks, TimeSpan.FromTicks(_computedTicks));
        }
    }

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

    private void Took(TimeSpan before) => Interlocked.Add(ref _cpuTicks, (ThreadCpuTime.Now - before).Ticks);
}
