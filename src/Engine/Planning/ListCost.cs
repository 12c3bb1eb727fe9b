using FeatureService.Core.Calendar;

namespace FeatureService.Engine.Planning;

/// <summary>
/// What a few rows cost, each with all events of its entity: the cost model's seconds for one week of one entity as a straight line over
/// its events, drawn once for a plan, so that asking costs nothing.
/// </summary>
public sealed class ListCost
{
    /// <summary>Events at which the line is drawn: the order of an active user's.</summary>
    private const long EventsSampled = 1_000;

    private readonly double _rowNanoseconds;
    private readonly double _eventNanoseconds;

    private ListCost(double rowNanoseconds, double eventNanoseconds) =>
        (_rowNanoseconds, _eventNanoseconds) = (rowNanoseconds, eventNanoseconds);

    /// <summary>About how long rows take on the machine that the rates were measured on.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="events">Events of their entities, all sources together, an entity's once for each stretch of rows.</param>
    /// <returns>CPU time.</returns>
    public TimeSpan Of(long rows, long events) =>
        TimeSpan.FromMicroseconds(((rows * _rowNanoseconds) + (events * _eventNanoseconds)) / 1_000);

    /// <summary>Draws the line of a plan.</summary>
    internal static ListCost Of(PlanProgram program, WeekGeometry week)
    {
        var row = Nanoseconds(program, week, 0);
        return new ListCost(row, (Nanoseconds(program, week, EventsSampled) - row) / EventsSampled);
    }

    private static double Nanoseconds(PlanProgram program, WeekGeometry week, long events)
    {
        // The sources share the events alike: nobody knows better before an entity is known.
        var grid = new GridCounts
        {
            Weeks = new WeekRange(week.First, 1),
            Entities = 1,
            Slices = 1,
            Scanned = [.. program.Sources.Select(_ => events / Math.Max(1, program.Sources.Length))],
            KeyBytes = 0,
            TextBytes = 0,
        };
        var model = new CostModel(program, week, grid);
        model.ByAggregate();
        return model.Nanoseconds;
    }
}
