namespace FeatureService.Engine.Execution;

/// <summary>Where work is cut: each piece small enough, but of one unit at least.</summary>
internal static class TaskCut
{
    /// <summary>The most events of a task; about a millisecond's.</summary>
    public const long EventsMax = 200_000;

    /// <summary>The most output values of a task, costly ones counted several times; one to three milliseconds'.</summary>
    public const long ValuesMax = 1_500_000;

    /// <summary>The most rows of a block: it ends at the last whole entity below.</summary>
    public const int BlockRowsMax = (1 << 18) - 1;

    /// <summary>About how many tasks a slice gets, its entities being alike.</summary>
    /// <param name="entities">Number of entities.</param>
    /// <param name="events">Events of all of them.</param>
    /// <param name="values">Output values of one of them.</param>
    /// <param name="rows">Rows of one of them.</param>
    public static long CountOf(long entities, double events, long values, int rows)
    {
        var byValues = ValuesMax / Math.Max(values, 1);
        var byEvents = events < 1 ? entities : (long)(EventsMax * entities / events);
        var entitiesPerTask = Math.Clamp(Math.Min(byValues, byEvents), 1, Math.Max(1, BlockRowsMax / rows));
        return (entities + entitiesPerTask - 1) / entitiesPerTask;
    }

    /// <summary>The end of a run of units that starts at one of them.</summary>
    /// <param name="start">The first unit.</param>
    /// <param name="end">Where units end.</param>
    /// <param name="cost">Events and values of a unit.</param>
    /// <param name="eventsMax">The most events of a run.</param>
    /// <param name="valuesMax">The most values of a run.</param>
    public static int End(int start, int end, Func<int, (long Events, long Values)> cost, long eventsMax, long valuesMax)
    {
        var (events, values) = cost(start);
        var next = start + 1;
        for (; next < end; next++)
        {
            var (moreEvents, moreValues) = cost(next);
            events += moreEvents;
            values += moreValues;
            if (events > eventsMax || values > valuesMax)
            {
                break;
            }
        }

        return next;
    }
}
