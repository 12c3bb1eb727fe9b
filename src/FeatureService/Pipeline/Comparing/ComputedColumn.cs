using System.Diagnostics;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Pipeline.Comparing;

/// <summary>One column alone on the rows that are compared, with the time that it took.</summary>
internal sealed class ComputedColumn : IDisposable
{
    private readonly FeatureBlock _block;

    private ComputedColumn(FeatureBlock block, double nanoseconds)
    {
        _block = block;
        Nanoseconds = nanoseconds;
    }

    /// <summary>The values.</summary>
    public Column Values => _block.Columns[0];

    /// <summary>Nanoseconds that a value took.</summary>
    public double Nanoseconds { get; }

    /// <summary>Computes a column, on the calling worker.</summary>
    public static ComputedColumn Of(
        ISnapshot snapshot, FeatureView view, FeatureColumn column, IReadOnlyList<EntityKey> keys, IReadOnlyList<int> weeks, CancellationToken cancellation)
    {
        using var run = RowsRun.OfList(Plan.Create(snapshot, view, [column]), keys, weeks);
        var started = Stopwatch.GetTimestamp();
        for (var task = 0; task < run.TaskCount; task++)
        {
            run.RunTask(task, cancellation);
        }

        var nanoseconds = keys.Count == 0 ? 0 : Stopwatch.GetElapsedTime(started).TotalNanoseconds / keys.Count;
        return new ComputedColumn(run.Complete()[0], nanoseconds);
    }

    /// <inheritdoc/>
    public void Dispose() => _block.Dispose();
}
