namespace FeatureService.Engine.Definitions.NormalForms;

/// <summary>What a definition reads of the catalog, definitions that it uses included.</summary>
internal sealed class Reads
{
    private readonly HashSet<FeatureColumn> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly SortedDictionary<int, SortedSet<int>> _columns = [];

    private Reads()
    {
    }

    /// <summary>By source, the columns that are read; none where only its rows are counted.</summary>
    public IReadOnlyDictionary<int, SortedSet<int>> Columns => _columns;

    /// <summary>What an expression reads.</summary>
    /// <param name="expression">The expression.</param>
    public static Reads Of(Expression expression)
    {
        var reads = new Reads();
        reads.Visit(expression, source: -1);
        return reads;
    }

    private void Visit(Expression? expression, int source)
    {
        switch (expression)
        {
            case ColumnExpression column:
                _columns[source].Add(column.Column);
                break;
            case AggregateExpression { Call: var call }:
                _columns.TryAdd(call.Source, []);
                Visit(call.Input, call.Source);
                Visit(call.OrderBy, call.Source);
                Visit(call.Where, call.Source);
                break;
            case FeatureExpression { Column: var column } when _seen.Add(column):
                Visit(column.Expression, source);
                break;
            case CallExpression call:
                foreach (var argument in call.Arguments)
                {
                    Visit(argument, source);
                }

                break;
            case CaseExpression @case:
                foreach (var (when, then) in @case.Branches)
                {
                    Visit(when, source);
                    Visit(then, source);
                }

                Visit(@case.Else, source);
                break;
        }
    }
}
