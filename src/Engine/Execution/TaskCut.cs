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
