using FeatureService.Engine.Definitions;
using FeatureService.Engine.Kernels;

namespace FeatureService.Engine.Planning;

/// <summary>
/// Nanoseconds of one core for the steps of a plan, by event, by cell (a row before weeks are left out), and by slot (a week's place in
/// the tiles of an entity). Measured by <c>bench/engine steps</c>: differences between its lines, which are quoted as "ns an event + ns a
/// cell" of the definition alone; a line without aggregates is 0 + 6. Another machine is faster or slower as a whole, which a service
/// learns (<see cref="CostScale"/>).
/// </summary>
internal static class StepRates
{
    /// <summary>A row's week and status, and the memory of its block.</summary>
    public const double Row = 6.0;

    /// <summary>One value of the output.</summary>
    public const double Output = 0.8;

    /// <summary>One step of an expression around aggregates.</summary>
    public const double CellStep = 0.5;

    /// <summary>Reading an event's time and week: <c>count(rides) over 4w</c> is 1.0 + 9.</summary>
    public const double Event = 0.8;

    /// <summary>Reading one column of an event.</summary>
    public const double Column = 0.3;

    /// <summary>One step of a filter or input: <c>km * minutes</c> in place of <c>km</c> adds 0.9.</summary>
    public const double EventStep = 0.4;

    /// <summary>Choosing an event by a filter, or by a value that may be null: <c>where payment = 'cash'</c> adds 2.5.</summary>
    public const double Choice = 1.8;

    /// <summary>The share of events that a filter is taken to keep: nothing is known of it before the run.</summary>
    public const double Kept = 0.5;

    /// <summary>Putting an event's value in the form that its kernel wants.</summary>
    public const double Value = 0.4;

    /// <summary>The same as a key that orders as the values do.</summary>
    public const double Key = 1.5;

    /// <summary>Counting a set's events up to a slot.</summary>
    public const double Boundary = 0.6;

    /// <summary>The events of a window in a cell.</summary>
    public const double Span = 0.9;

    /// <summary>The same by event, of a window whose ends do not lie on weeks: <c>over 90d</c> in place of <c>13w</c> adds 5 + 1.</summary>
    public const double Unaligned = 4.5;

    /// <summary>A head or tail of a window, by cell.</summary>
    public const double Piece = 1.2;

    /// <summary>A head or tail of a window, by event, in units of the tile's own.</summary>
    public const double PieceEvents = 3.0;

    /// <summary>By event of a window of so many latest ones: <c>count(rides) over last 10 events</c> is 3 + 14.</summary>
    public const double Latest = 2.0;

    /// <summary>The same by cell.</summary>
    public const double LatestSpan = 5.0;

    /// <summary>What an entity costs in every source, whatever its events.</summary>
    public const double Entity = 60.0;

    /// <summary>Folding an event into a tile of some kind.</summary>
    public static double Fold(TileKind kind) => kind switch
    {
        TileKind.Sum => 0.9,
        TileKind.Min or TileKind.Max => 3.0,
        TileKind.Moments => 3.0,
        TileKind.HigherMoments => 16.0,
        TileKind.Slope => 15.0,
        _ => 5.0,
    };

    /// <summary>Merging two states of some kind, by slot of a level and by cell of a window.</summary>
    public static double Merge(TileKind kind) => kind switch
    {
        TileKind.Sum or TileKind.Min or TileKind.Max => 0.25,
        TileKind.Moments => 1.8,
        TileKind.HigherMoments => 3.5,
        TileKind.Slope => 3.0,
        _ => 0.4,
    };

    /// <summary>Results of an aggregate by event of its set.</summary>
    public static double ByEvent(AggregateFunction function) => function switch
    {
        AggregateFunction.CountDistinct => 14.0,
        AggregateFunction.ActiveDays => 12.0,
        AggregateFunction.ActiveWeeks => 10.0,
        AggregateFunction.Quantile or AggregateFunction.Top or AggregateFunction.Entropy => 52.0,
        AggregateFunction.MinBy or AggregateFunction.MaxBy => 16.0,
        // Code that is not ours: taken to be as dear as the dearest of ours.
        AggregateFunction.Custom => 52.0,
        AggregateFunction.LongestGapDays => 12.0,
        AggregateFunction.Sum or AggregateFunction.Avg => 0.6,
        _ => 0,
    };

    /// <summary>Results of an aggregate by cell.</summary>
    public static double ByCell(AggregateFunction function) => function switch
    {
        AggregateFunction.Count => 0.5,
        AggregateFunction.CountDistinct or AggregateFunction.ActiveDays or AggregateFunction.ActiveWeeks => 2.0,
        AggregateFunction.Quantile or AggregateFunction.Top or AggregateFunction.Entropy => 2.0,
        AggregateFunction.MinBy or AggregateFunction.MaxBy => 3.0,
        AggregateFunction.Avg => 2.0,
        AggregateFunction.Skewness or AggregateFunction.Kurtosis or AggregateFunction.Slope => 4.0,
        AggregateFunction.VarPop or AggregateFunction.VarSamp or AggregateFunction.StddevPop or AggregateFunction.StddevSamp => 2.5,
        _ => 1.0,
    };
}
