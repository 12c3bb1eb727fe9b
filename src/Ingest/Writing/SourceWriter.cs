using System.Globalization;
using System.Runtime.ExceptionServices;
using FeatureService.Core.Calendar;
using FeatureService.Engine.Snapshots;
using FeatureService.Ingest.Loading;

namespace FeatureService.Ingest.Writing;

/// <summary>Writes one source: a segment for each partition that has events, and the digests.</summary>
/// <param name="folder">Where segments go.</param>
/// <param name="entityName">Name of the entity.</param>
/// <param name="order">The entities in order.</param>
/// <param name="calendar">The catalog's weeks.</param>
/// <param name="progress">Told the partitions written.</param>
internal sealed class SourceWriter(
    string folder, string entityName, EntityOrder order, WeekCalendar calendar, IProgress<BuildProgress>? progress)
{
    /// <summary>Sorts and writes a source.</summary>
    /// <param name="source">The source; its chunks are gone afterwards.</param>
    /// <param name="index">Its index in the catalog.</param>
    /// <param name="cancellation">Ends the writing.</param>
    public (SegmentEntry[] Segments, DigestEntry Digests) Write(LoadedSource source, int index, CancellationToken cancellation)
    {
        var name = source.Schema.Source.Name;
        progress?.Report(new BuildProgress(BuildStage.Sorting, name, 0, source.Report.EventCount));
        var texts = source.Texts.Select(table => table is null ? null : new TextOrder(table)).ToArray();
        var sorted = SortedSource.Sort(source, order, calendar);
        var periods = Periods(sorted);
        var partitions = order.Placement.Partitions;
        var digests = new byte[partitions * order.Placement.SlicesPerPartition * periods.Length * EventDigest.DigestBytes];
        var segments = new SegmentEntry?[partitions];
        var done = 0;
        var options = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
        try
        {
            Parallel.For(0, partitions, options, partition =>
            {
                var data = SegmentData.Cut(sorted, texts, order, partition);
                if (data.Keys.Count > 0)
                {
                    var file = string.Create(CultureInfo.InvariantCulture, $"{index:D2}-{partition:D4}.arrow");
                    segments[partition] = SegmentWriter.Write(
                        Path.Combine(folder, file), file, entityName, source.Schema.Source, (partition, index), data);
                    Digest(data, periods, digests.AsSpan(partition * (digests.Length / partitions), digests.Length / partitions));
                }

                progress?.Report(new BuildProgress(BuildStage.Writing, name, Interlocked.Increment(ref done), partitions));
            });
        }
        catch (AggregateException errors)
        {
            ExceptionDispatchInfo.Throw(errors.Flatten().InnerExceptions[0]);
        }

        return ([.. segments.OfType<SegmentEntry>()], new DigestEntry(periods, digests));
    }

    /// <summary>The periods that have events, ascending.</summary>
    private static int[] Periods(SortedSource sorted)
    {
        if (sorted.Weeks.Length == 0)
        {
            // Facts without time lie in period 0.
            return sorted.EventStarts[^1] == 0 ? [] : [0];
        }

        var periods = new SortedSet<int>();
        var last = int.MinValue;
        foreach (var week in sorted.Weeks)
        {
            if (EventDigest.PeriodOf(week) is var period && period != last)
            {
                periods.Add(period);
                last = period;
            }
        }

        return [.. periods];
    }

    private static void Digest(SegmentData data, int[] periods, Span<byte> digests)
    {
        var indices = periods.Index().ToDictionary(period => period.Item, period => period.Index);
        var eventPeriods = Array.ConvertAll(data.Weeks, week => indices[EventDigest.PeriodOf(week)]);
        var sliceBytes = periods.Length * EventDigest.DigestBytes;
        for (var slice = 0; slice + 1 < data.SliceEntityStarts.Length; slice++)
        {
            var first = data.SliceEntityStarts[slice];
            var count = data.SliceEntityStarts[slice + 1] - first;
            EventDigest.Write(
                EntityOrder.Range(data.Keys, first, count),
                data.EventStarts.AsSpan(first, count + 1),
                eventPeriods,
                data.Columns,
                digests.Slice(slice * sliceBytes, sliceBytes));
        }
    }
}
