using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;
using FeatureService.Core.Keys;
using FeatureService.Engine;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;

namespace FeatureService.Bench.Parts;

/// <summary>Computes slices and gives them in the encodings of the wire, as a client would have read them.</summary>
/// <param name="plan">The plan.</param>
internal sealed class PartMaker(Plan plan)
{
    private const int RunRows = 30 * 1024;

    private readonly ColumnEncoder _encoder = new(EncodingSet.All);
    private byte[] _buffer = new byte[1 << 24];

    /// <summary>The header of what it gives.</summary>
    public AnswerHeader Header { get; } = new(plan.Snapshot.Id, plan.View.Version, EngineVersion.Semantics,
    [
        new DatasetColumn(plan.Snapshot.Catalog.EntityName, ColumnType.Int64, DatasetColumnRole.Entity, ""),
        new DatasetColumn("week", ColumnType.Date, DatasetColumnRole.Week, ""),
        .. plan.Columns.Select(column => new DatasetColumn(
            column.Name, column.OutputType, column.Role == FeatureRole.Label ? DatasetColumnRole.Label : DatasetColumnRole.Feature, column.Fingerprint)),
        new DatasetColumn("row_status", ColumnType.String, DatasetColumnRole.RowStatus, ""),
    ]);

    /// <summary>The blocks of a slice; one is good until the next is asked for.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="weeks">The weeks.</param>
    public IEnumerable<FeatureBatch> Compute(SliceId slice, WeekRange weeks)
    {
        using var run = RowsRun.OfSlice(plan, slice, weeks);
        for (var task = 0; task < run.TaskCount; task++)
        {
            run.RunTask(task, CancellationToken.None);
        }

        var row = 0L;
        foreach (var block in run.Complete())
        {
            using (block)
            {
                yield return Encode(block, slice, row);
                row += block.RowCount;
            }
        }
    }

    private FeatureBatch Encode(FeatureBlock block, SliceId slice, long firstRow)
    {
        Column[] columns = [block.Keys, block.Weeks, .. block.Columns, block.RowStatuses];
        var chunks = columns.Select(_ => new List<EncodedColumn>()).ToArray();
        var layouts = new List<(int Column, ChunkLayout Layout)>();
        var position = 0;
        for (var first = 0; first < block.RowCount; first += RunRows)
        {
            var rows = Math.Min(RunRows, block.RowCount - first);
            for (var i = 0; i < columns.Length; i++)
            {
                var size = _encoder.Measure(columns[i], first, rows);
                if (position + size > _buffer.Length)
                {
                    Array.Resize(ref _buffer, checked((int)Math.Max(position + size, 2L * _buffer.Length)));
                }

                layouts.Add((i, _encoder.Write(_buffer, ref position)));
            }
        }

        foreach (var (column, layout) in layouts)
        {
            chunks[column].Add(EncodedColumn.Read(columns[column].Type, layout, _buffer));
        }

        return new FeatureBatch(Header, slice, firstRow, block.RowCount, [.. chunks.Select(IReadOnlyList<EncodedColumn> (c) => c)]);
    }
}
