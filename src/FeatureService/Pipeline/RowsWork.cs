using System.Diagnostics;
using FeatureService.Caching;
using FeatureService.Core.Columns;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using FeatureService.Pipeline.Finishing;
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
    private int _doneInline;
    private PartBlocks? _cached;
    private long _computedTicks;
    private long _cpuTicks;
    private long _computedCpuTicks;

    /// <summary>The finished blocks in row order; none before the work is done.</summary>
    public IReadOnlyList<FeatureBlock> Blocks { get; private set; } = [];

    /// <summary>The blocks' columns, finished for a file; null where they are not.</summary>
    public FinishWork? Finished { get; private set; }

    /// <summary>Events of the entities; 0 before the work has begun.</summary>
    public long EventCount => _run?.EventCount ?? 0;

    /// <summary>CPU time that workers have taken for it so far; zero where the system does not tell.</summary>
    public TimeSpan CpuTime => TimeSpan.FromTicks(Interlocked.Read(ref _cpuTicks));

    /// <summary>
    /// Does the work on the calling thread where it is expected to be short; at the end of its time workers go on with the tasks that are
    /// left. The rows' slices must be at hand.
    /// </summary>
    /// <param name="expectedMax">The longest that may be tried.</param>
    /// <param name="takenMax">No task begins later than that.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Whether it is done.</returns>
    public bool TryRunInline(TimeSpan expectedMax, TimeSpan takenMax, TimeProvider time, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        _run = start();
        if (plan.ListCost.Of(_run.RowCount, _run.EventCount) > expectedMax)
        {
            return false;
        }

        while (_doneInline < _run.TaskCount && time.GetElapsedTime(started) <= takenMax)
        {
            _run.RunTask(_doneInline, cancellation);
            _doneInline++;
        }

        _computedTicks = time.GetElapsedTime(started).Ticks;
        if (_doneInline < _run.TaskCount)
        {
            return false;
        }

        Complete();
        return true;
    }

    /// <summary>Values that the cache had; 0 before the work is done.</summary>
    public long CellsFound => _cached?.CellsFound ?? 0;

    /// <summary>Whether everything was computed from events; false before the work is done.</summary>
    public bool IsOfEvents => _cached is null or { CellsFound: 0, HasTiled: false };

    /// <summary>Takes what blocks there are of it from the cache, and leaves there what is computed; called before the workers begin.</summary>
    /// <param name="blocks">The blocks that were found.</param>
    /// <param name="taken">CPU time that workers took for them.</param>
    public void Use(PartBlocks blocks, TimeSpan taken)
    {
        _cached = blocks;
        Interlocked.Add(ref _cpuTicks, taken.Ticks);
    }

    /// <summary>What finishes the blocks' columns for a file; once the work is done.</summary>
    /// <param name="form">The form.</param>
    public FinishWork Finish(FinishedForm form) => Finished = new FinishWork(form, plan, Blocks);

    /// <inheritdoc/>
    public int Begin()
    {
        if (_run is null)
        {
            var before = ThreadCpuTime.Now;
            _run = _cached is null ? start() : _cached.Start();
            Took(before);
        }

        return _run.TaskCount - _doneInline + DecodeCount;
    }

    /// <inheritdoc/>
    public void RunTask(int task, CancellationToken cancellation)
    {
        var (started, before) = (Stopwatch.GetTimestamp(), ThreadCpuTime.Now);
        if (task < DecodeCount)
        {
            _cached!.Decode(task);
            _cached.Decoded(task, Took(before));
            return;
        }

        _run!.RunTask(_doneInline + task - DecodeCount, cancellation);
        Interlocked.Add(ref _computedCpuTicks, Took(before).Ticks);
        Interlocked.Add(ref _computedTicks, Stopwatch.GetElapsedTime(started).Ticks);
    }

    /// <inheritdoc/>
    public void Complete()
    {
        _cached?.Take(TimeSpan.FromTicks(_computedCpuTicks), TimeSpan.FromTicks(_computedTicks));
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
        Finished?.Dispose();
        _run?.Dispose();
        _run = null;
    }

    private int DecodeCount => _cached?.DecodeCount ?? 0;

    private TimeSpan Took(TimeSpan before)
    {
        var taken = ThreadCpuTime.Now - before;
        Interlocked.Add(ref _cpuTicks, taken.Ticks);
        return taken;
    }
}
