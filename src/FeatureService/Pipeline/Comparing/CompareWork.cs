using FeatureService.Contracts.V1;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Snapshots;
using FeatureService.Scheduling;

namespace FeatureService.Pipeline.Comparing;

/// <summary>Compares two views column by column, each column one task of the workers.</summary>
internal sealed class CompareWork : IWork
{
    private readonly ISnapshot _snapshot;
    private readonly FeatureView _old;
    private readonly FeatureView _new;
    private readonly IReadOnlyList<EntityKey> _keys;
    private readonly IReadOnlyList<int> _weeks;
    private readonly IReadOnlyList<ColumnPair> _pairs;
    private readonly ColumnComparison[] _columns;
    private readonly long[] _populations = new long[2];

    /// <summary>A comparison.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="old">The view as it was.</param>
    /// <param name="new">The view as it is to be.</param>
    /// <param name="keys">Each row's entity.</param>
    /// <param name="weeks">Each row's week.</param>
    public CompareWork(ISnapshot snapshot, FeatureView old, FeatureView @new, IReadOnlyList<EntityKey> keys, IReadOnlyList<int> weeks)
    {
        (_snapshot, _old, _new, _keys, _weeks) = (snapshot, old, @new, keys, weeks);
        _pairs = ColumnPair.Of(old, @new);
        _columns = new ColumnComparison[_pairs.Count];
    }

    /// <summary>The columns, once the work is done.</summary>
    public IReadOnlyList<ColumnComparison> Columns => _columns;

    /// <summary>Rows that the old population keeps.</summary>
    public long OldPopulation => _populations[0];

    /// <summary>Rows that the new population keeps.</summary>
    public long NewPopulation => _populations[1];

    /// <inheritdoc/>
    public int Begin() => _pairs.Count + _populations.Length;

    /// <inheritdoc/>
    public void RunTask(int task, CancellationToken cancellation)
    {
        if (task < _pairs.Count)
        {
            _columns[task] = Compare(_pairs[task], cancellation);
        }
        else
        {
            _populations[task - _pairs.Count] = Population(task == _pairs.Count ? _old : _new, cancellation);
        }
    }

    /// <inheritdoc/>
    public void Complete()
    {
    }

    private ColumnComparison Compare(ColumnPair pair, CancellationToken cancellation)
    {
        using var before = pair.Old is null ? null : ComputedColumn.Of(_snapshot, _old, pair.Old, _keys, _weeks, cancellation);
        using var changed = pair.New is null || pair.IsSame ? null : ComputedColumn.Of(_snapshot, _new, pair.New, _keys, _weeks, cancellation);
        var after = pair.IsSame ? before : changed;
        return new ColumnComparison
        {
            Name = pair.Name,
            Change = ChangeOf(pair),
            OldName = pair.Old is { } old && old.Name != pair.Name ? old.Name : "",
            Changed = before is null || after is null ? 1 : pair.IsSame ? 0 : Changed(before, after),
            OldValues = before is null ? null : Distributions.Of(before.Values, before.Nanoseconds),
            NewValues = after is null ? null : Distributions.Of(after.Values, after.Nanoseconds),
        };
    }

    private static ColumnChange ChangeOf(ColumnPair pair) => pair switch
    {
        { Old: null } => ColumnChange.Added,
        { New: null } => ColumnChange.Removed,
        { IsSame: true } when pair.Old.Name != pair.New.Name => ColumnChange.Renamed,
        { IsSame: true } => ColumnChange.Same,
        _ => ColumnChange.Changed,
    };

    private double Changed(ComputedColumn before, ComputedColumn after)
    {
        var changed = 0;
        for (var row = 0; row < _keys.Count; row++)
        {
            changed += CellReader.AreSame(before.Values, after.Values, row) ? 0 : 1;
        }

        return _keys.Count == 0 ? 0 : (double)changed / _keys.Count;
    }

    private long Population(FeatureView view, CancellationToken cancellation)
    {
        if (view.Population is not { } population)
        {
            return _keys.Count;
        }

        using var computed = ComputedColumn.Of(_snapshot, view, population, _keys, _weeks, cancellation);
        return Enumerable.Range(0, _keys.Count).LongCount(row => computed.Values.Values<byte>()[row] != 0);
    }
}
