using System.Diagnostics;
using System.Text;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Reference;
using FeatureService.Telemetry;

namespace FeatureService.Pipeline.Verification;

/// <summary>
/// Recomputes a share of the answers' cells with the naive evaluator and counts how many have other bits. It runs on the worker that
/// finished them, and takes at most a twentieth of the time that computing takes: what is beyond is not verified. A share of 1 is every
/// cell, whatever it takes.
/// </summary>
/// <param name="share">Share of the cells, 0 to 1; 0 for none.</param>
/// <param name="metrics">Where cells are counted.</param>
/// <param name="log">Where a cell with other bits is told.</param>
public sealed partial class Verifier(double share, ServiceMetrics metrics, ILogger<Verifier> log)
{
    private const double TimeShareMax = 0.05;

    private readonly CellChoice _choice = new(share);
    private long _ticksLeft;

    /// <summary>Whether anything is verified.</summary>
    public bool IsOn => share > 0;

    /// <summary>Verifies cells of finished blocks.</summary>
    /// <param name="plan">What they were computed by.</param>
    /// <param name="blocks">The blocks.</param>
    /// <param name="computed">How long the workers took for them.</param>
    internal void Verify(Plan plan, IReadOnlyList<FeatureBlock> blocks, TimeSpan computed)
    {
        Interlocked.Add(ref _ticksLeft, (long)(computed.Ticks * TimeShareMax));
        var reference = new ReferenceEvaluator(plan.Snapshot);
        foreach (var block in blocks)
        {
            Verify(plan, reference, block);
        }
    }

    private void Verify(Plan plan, ReferenceEvaluator reference, FeatureBlock block)
    {
        var calendar = plan.Snapshot.Catalog.Calendar;
        var weeks = block.Weeks.Values<int>();
        (EntityKey Key, ReferenceEntity Entity)? last = null;
        for (var row = 0; row < block.RowCount && (share >= 1 || Volatile.Read(ref _ticksLeft) > 0); row++)
        {
            var key = KeyOf(block.Keys, row);
            var week = calendar.WeekOfDay(weeks[row]);
            var (first, count) = _choice.ColumnsOf(key, week, plan.Columns.Count).GetOffsetAndLength(plan.Columns.Count);
            if (count == 0)
            {
                continue;
            }

            var start = Stopwatch.GetTimestamp();
            // Rows of an entity follow each other: its events are read once.
            last = last is { } known && known.Key == key ? last : (key, reference.Entity(key));
            for (var index = first; index < first + count; index++)
            {
                Verify(plan.Columns[index], block.Columns[index], row, key, calendar.Format(week), last.Value.Entity.Value(plan.Columns[index], week));
            }

            Interlocked.Add(ref _ticksLeft, -Stopwatch.GetElapsedTime(start).Ticks);
        }
    }

    private void Verify(FeatureColumn feature, Column column, int row, EntityKey key, string week, object? expected)
    {
        var isRight = CellValue.HasBitsOf(column, row, expected);
        metrics.Verified(isRight);
        if (!isRight)
        {
            Differs(feature.Name, feature.Fingerprint, key.ToString(), week, CellValue.Text(column, row), CellValue.Text(expected));
        }
    }

    private static EntityKey KeyOf(Column keys, int row) => keys.Type == ColumnType.Int64
        ? EntityKey.Of(keys.Values<long>()[row])
        : EntityKey.Of(Encoding.UTF8.GetString(keys.Utf8(row)));

    [LoggerMessage(LogLevel.Error, "a verified cell differs: column {Column} ({Fingerprint}), entity {Entity}, week {Week}: computed {Computed}, the naive evaluator says {Expected}")]
    private partial void Differs(string column, string fingerprint, string entity, string week, string computed, string expected);
}
