using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Planning;

namespace FeatureService.Engine.Execution;

/// <summary>
/// All weeks of entities of one slice where some weeks compute other columns than others: a run for each part of the weeks, whose rows
/// are copied between each other's as soon as it is done.
/// </summary>
internal sealed unsafe class StitchedRun : SliceRun
{
    private readonly EntityKeys _keys;
    private readonly Part[] _parts;
    private readonly List<BlockBuffers> _blocks = [];
    private readonly int[] _firstTasks;
    private int _partsLeft;

    /// <summary>Cuts the work.</summary>
    public StitchedRun(Plan plan, SliceId slice, WeekRange weeks, EntityKeys? keys, IReadOnlyList<WeekPart> parts)
        : base(plan, (keys ?? plan.Snapshot.Slice(slice).Keys).Count, weeks)
    {
        _keys = keys ?? plan.Snapshot.Slice(slice).Keys;
        _parts = [.. parts.Select(part => new Part(
            part.FirstWeek, part.Plan, new GridRun(part.Plan, slice, new WeekRange(weeks[part.FirstWeek], part.WeekCount, weeks.Step), keys, part.Tiles)))];
        _partsLeft = _parts.Length;
        _firstTasks = new int[_parts.Length + 1];
        for (var i = 0; i < _parts.Length; i++)
        {
            _firstTasks[i + 1] = _firstTasks[i] + _parts[i].Run.TaskCount;
        }

        for (var from = 0; from < EntityCount; from += EntitiesPerBlock)
        {
            _blocks.Add(new BlockBuffers(plan, from * weeks.Count, Math.Min(EntitiesPerBlock, EntityCount - from) * weeks.Count));
        }
    }

    /// <inheritdoc/>
    public override int TaskCount => _firstTasks[^1];

    /// <inheritdoc/>
    public override long RowCount => (long)EntityCount * Weeks.Count;

    /// <inheritdoc/>
    public override long EventCount => _parts.Sum(part => part.Run.EventCount);

    internal override IReadOnlyList<BlockBuffers> Blocks => _blocks;

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (var part in _parts)
        {
            part.Run.Dispose();
        }

        base.Dispose();
    }

    private protected override void Run(int task, CancellationToken cancellation)
    {
        var index = _parts.Length - 1;
        while (_firstTasks[index] > task)
        {
            index--;
        }

        var part = _parts[index];
        part.Run.RunTask(task - _firstTasks[index], cancellation);
        if (Interlocked.Decrement(ref part.TasksLeft) == 0)
        {
            Copy(part);
            part.Run.Dispose();
            if (Interlocked.Decrement(ref _partsLeft) == 0)
            {
                // Which rows exist is known now; errors of others are nobody's.
                foreach (var each in _parts)
                {
                    CopyErrors(each);
                }
            }
        }
    }

    private protected override FeatureBlock Finish(BlockBuffers block) => block.Finish(
        row => KeyOf(_keys, block.FirstRow + row, block.FirstRow), _keys.Type, column => block.Columns[column].Finish(TextsOf(column)));

    /// <summary>Copies what a part has computed, all of its tasks being done.</summary>
    private void Copy(Part part)
    {
        for (var column = 0; column < Plan.Columns.Count; column++)
        {
            if (part.Run.TextsOf(column) is { } texts && part.Plan.Computes(column))
            {
                CopyTexts(part, column, texts);
            }
        }

        for (var entity = 0; entity < EntityCount; entity++)
        {
            var (from, fromRow) = part.Run.PlaceOf(entity, 0);
            var (to, row) = PlaceOf(entity, part.FirstWeek);
            var count = part.Run.Weeks.Count;
            for (var column = 0; column < Plan.Columns.Count; column++)
            {
                if (part.Plan.Computes(column) && from.Columns[column].Type != ColumnType.String)
                {
                    Copy(from.Columns[column], fromRow, to.Columns[column], row, count);
                }
            }

            // Every row has these two.
            to.Weeks.Put(row, count, from.Weeks.Data + ((long)fromRow * from.Weeks.Width));
            to.Statuses.Put(row, count, from.Statuses.Data + ((long)fromRow * from.Statuses.Width));
            if (to.Population is { } population && from.Population is { } decided)
            {
                Copy(decided, fromRow, population, row, count);
            }
        }
    }

    /// <summary>Copies a string column, a part of which has codes of its own.</summary>
    private void CopyTexts(Part part, int column, StringTable texts)
    {
        var patch = new RowPatch(0, EntityCount, 0, part.Run.Weeks.Count);
        var values = part.Run.Take(column, patch);
        Put(column, patch with { FirstWeek = part.FirstWeek }, new Column
        {
            Type = values.Type,
            Length = values.Length,
            NullCount = values.NullCount,
            Validity = values.Validity,
            Data = values.Data,
            Dictionary = texts,
        });
    }

    private void CopyErrors(Part part)
    {
        foreach (var block in part.Run.Blocks)
        {
            for (var entity = 0; block.Errors.Count > 0 && entity < EntityCount; entity += EntitiesPerBlock)
            {
                var (to, _) = PlaceOf(entity, 0);
                var last = Math.Min(entity + EntitiesPerBlock, EntityCount) - 1;
                to.Errors.AddAll(block.Errors, row =>
                {
                    var (of, week) = Math.DivRem(block.FirstRow + row, part.Run.Weeks.Count);
                    return of >= entity && of <= last && Exists(of, part.FirstWeek + week) ? PlaceOf(of, part.FirstWeek + week).Row : null;
                }, entity == 0 ? block.Errors.Count : 0);
            }
        }
    }

    private bool Exists(int entity, int week)
    {
        var (block, row) = PlaceOf(entity, week);
        return block.Population is not { } population || population.Data[row] != 0;
    }

    private static void Copy(ColumnBuffer from, int fromRow, ColumnBuffer to, int row, int count) =>
        to.Put(row, count, from.Data + ((long)fromRow * from.Width), from.Validity, fromRow);

    private sealed class Part(int firstWeek, Plan plan, GridRun run)
    {
        public int TasksLeft = run.TaskCount;

        public int FirstWeek { get; } = firstWeek;

        public Plan Plan { get; } = plan;

        public GridRun Run { get; } = run;
    }
}
