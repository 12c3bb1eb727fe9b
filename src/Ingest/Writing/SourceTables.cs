using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Ingest.Loading;

namespace FeatureService.Ingest.Writing;

/// <summary>What all partitions of a source are written with.</summary>
/// <param name="Texts">For each column of strings its texts in order, else null.</param>
/// <param name="Weeks">Weeks of the events; null for facts without time, and where there are no events.</param>
/// <param name="EventsMax">The most events of a partition.</param>
internal sealed record SourceTables(TextOrder?[] Texts, WeekTable? Weeks, int EventsMax)
{
    /// <summary>Makes the tables of a source.</summary>
    /// <param name="source">The source.</param>
    /// <param name="calendar">The catalog's weeks.</param>
    /// <param name="placement">How many partitions there are.</param>
    /// <exception cref="InputException">A partition has more events than can be sorted.</exception>
    public static SourceTables Of(LoadedSource source, WeekCalendar calendar, Placement placement)
    {
        var events = Enumerable.Range(0, placement.Partitions).Max(partition => source.Events.CountOf(placement, partition));
        if (events * sizeof(long) > Array.MaxLength)
        {
            throw new InputException($"source {source.Schema.Source.Name}: a partition has {events} events, more than a segment can hold: raise the number of partitions");
        }

        return new SourceTables(
            [.. source.Texts.Select(texts => texts is null ? null : new TextOrder(texts))],
            source.Schema.Source.Always || events == 0 ? null : new WeekTable(calendar, source.Times.First, source.Times.Last),
            (int)events);
    }

    /// <summary>Bytes of the orders of the texts.</summary>
    public long Bytes => Texts.Sum(texts => texts?.Bytes ?? 0);
}
