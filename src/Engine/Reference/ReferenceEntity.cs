using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Definitions.NormalForms;
using FeatureService.Engine.Reference.Tracing;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Engine.Reference;

/// <summary>The cells of one entity.</summary>
public sealed class ReferenceEntity
{
    private readonly ISnapshot _snapshot;
    private readonly IReadOnlyList<ReferenceEvent>[] _sources;

    internal ReferenceEntity(ISnapshot snapshot, IReadOnlyList<ReferenceEvent>[] sources)
    {
        _snapshot = snapshot;
        _sources = sources;
    }

    /// <summary>The value of one cell, of the column's output type.</summary>
    /// <param name="column">A feature or label.</param>
    /// <param name="week">Number of the week.</param>
    /// <returns>
    /// Null, or by type: <see cref="bool"/>; <see cref="long"/> for int64 and timestamp; <see cref="int"/> for a date;
    /// <see cref="double"/>; <see cref="float"/>; <see cref="string"/>; or an <see cref="Overflow"/>.
    /// </returns>
    public object? Value(FeatureColumn column, int week)
    {
        if (column.Role == FeatureRole.Label && !Maturity.IsMature(_snapshot, column, week))
        {
            return null;
        }

        var value = Normal.Of(Evaluate(column.Expression, week, column.Role));
        return column.OutputType == ColumnType.Float32 ? Normal.ToFloat32(value) : value;
    }

    /// <summary>The status of a row.</summary>
    /// <param name="columns">The features and labels asked for.</param>
    /// <param name="week">Number of the week.</param>
    /// <returns><c>censored</c>, <c>incomplete</c>, <c>no_history</c> or <c>ok</c>: the first that holds.</returns>
    public string Status(IReadOnlyList<FeatureColumn> columns, int week)
    {
        var cutoff = _snapshot.Catalog.Calendar.Cutoff(week);
        if (columns.Any(column => column.Role == FeatureRole.Label && !Maturity.IsMature(_snapshot, column, week)))
        {
            return "censored";
        }

        if (columns.Any(column => column.Role == FeatureRole.Feature
            && Maturity.Reads(column.Expression).Any(call => cutoff > _snapshot.CompleteUntil(call.Source))))
        {
            return "incomplete";
        }

        for (var source = 0; source < _sources.Length; source++)
        {
            if (!_snapshot.Catalog.Sources[source].Always && _sources[source].Any(e => e.Known < cutoff))
            {
                return "ok";
            }
        }

        return "no_history";
    }

    /// <summary>How one value came about.</summary>
    /// <param name="column">A feature or label.</param>
    /// <param name="week">Number of the week.</param>
    public ValueTrace Trace(FeatureColumn column, int week)
    {
        var text = new NormalFormWriter(_snapshot.Catalog);
        var isMature = column.Role == FeatureRole.Feature || Maturity.IsMature(_snapshot, column, week);
        return new ValueTrace(
            _snapshot.Catalog.Calendar.Cutoff(week),
            Value(column, week),
            Status([column], week),
            isMature ? null : Maturity.Reason(_snapshot, column, week),
            [
                .. Maturity.Reads(column.Expression).DistinctBy(call => text.Write(call))
                    .Select(call => Trace(call, text.Write(call), week, column.Role)),
            ]);
    }

    private AggregateTrace Trace(AggregateCall call, string text, int week, FeatureRole role)
    {
        var calendar = _snapshot.Catalog.Calendar;
        var source = _snapshot.Catalog.Sources[call.Source];
        var events = _sources[call.Source];
        var (start, end) = call.Window.Instants(calendar, week);
        var columns = Reads.Of(new AggregateExpression { Call = call, Type = call.Type }).Columns[call.Source];
        var verdicts = new EventJudge(call, calendar, week, seesAll: role == FeatureRole.Label).Judge(events);
        return new AggregateTrace(
            call,
            text,
            start == long.MinValue ? null : start,
            end,
            Normal.Of(ReferenceAggregate.Evaluate(call, calendar, week, Visible(call.Source, week, role))),
            [.. columns.Select(column => source.Columns[column].Name)],
            [
                .. events.Select((e, i) => new EventTrace(
                    source.Always ? null : e.Time,
                    source.Always ? null : e.Known,
                    [.. columns.Select(column => e.Values[column])],
                    verdicts[i].Input,
                    verdicts[i].Verdict)),
            ]);
    }

    /// <summary>The value of an expression around aggregates.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="week">Number of the week.</param>
    /// <param name="role">That of the column that is evaluated, also inside the features that it uses: they are written out.</param>
    private object? Evaluate(Expression expression, int week, FeatureRole role)
    {
        var calendar = _snapshot.Catalog.Calendar;
        return new Interpreter(calendar.Zone, Leaf).Evaluate(expression);

        object? Leaf(Expression leaf) => leaf switch
        {
            AggregateExpression aggregate => ReferenceAggregate.Evaluate(
                aggregate.Call, calendar, week, Visible(aggregate.Call.Source, week, role)),
            FeatureExpression feature => Evaluate(feature.Column.Expression, week, role),
            WeekExpression => calendar.FirstDay(week),
            _ => throw new NotSupportedException($"a {leaf.GetType().Name} around aggregates"),
        };
    }

    /// <summary>Features see what is known strictly before the cutoff, also with lag; labels see everything.</summary>
    private IEnumerable<ReferenceEvent> Visible(int source, int week, FeatureRole role)
    {
        var cutoff = _snapshot.Catalog.Calendar.Cutoff(week);
        return _sources[source].Where(e => role == FeatureRole.Label || e.Known < cutoff);
    }
}
