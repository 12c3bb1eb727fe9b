using FeatureService.Core.Calendar;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Kernels;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Engine.Planning;

/// <summary>A plan's windows laid on a range of weeks, with what depends on the week alone. Immutable; weeks are counted from the first.</summary>
internal sealed class WeekGeometry
{
    /// <summary>Number of the first week.</summary>
    public required int First { get; init; }

    /// <summary>Number of weeks.</summary>
    public required int Count { get; init; }

    /// <summary>The windows, by index in <see cref="PlanProgram.Windows"/>.</summary>
    public required WindowShape[] Shapes { get; init; }

    /// <summary>The events that each source of the plan may need.</summary>
    public required SourceReach[] Reaches { get; init; }

    /// <summary>For each week its cutoff, microseconds UTC.</summary>
    public required long[] Cutoffs { get; init; }

    /// <summary>For each week its first day, days since 1970-01-01.</summary>
    public required int[] FirstDays { get; init; }

    /// <summary>For each column of the plan that is a label the weeks at which it is mature; null of features.</summary>
    public required bool[]?[] Mature { get; init; }

    /// <summary>For each week whether a label is censored.</summary>
    public required bool[] Censored { get; init; }

    /// <summary>For each week whether a source that features read is incomplete.</summary>
    public required bool[] Incomplete { get; init; }

    /// <summary>Lays a plan on a range of weeks.</summary>
    public static WeekGeometry Of(ISnapshot snapshot, PlanProgram program, IReadOnlyList<FeatureColumn> columns, int first, int count)
    {
        var calendar = snapshot.Catalog.Calendar;
        WindowShape[] shapes = [.. program.Windows.Select(window => WindowShapes.Of(calendar, window, first, count))];
        var mature = columns.Select((column, i) => column.Role == FeatureRole.Label
            ? Completeness.Mature(snapshot, program.Reads[i], first, count)
            : null).ToArray();
        return new WeekGeometry
        {
            First = first,
            Count = count,
            Shapes = shapes,
            Reaches = [.. program.Sources.Select(source => SourceReach.Of([.. source.Windows.Select(window => shapes[window])], count))],
            Cutoffs = [.. Enumerable.Range(first, count).Select(calendar.Cutoff)],
            FirstDays = [.. Enumerable.Range(first, count).Select(calendar.FirstDay)],
            Mature = mature,
            Censored = [.. Enumerable.Range(0, count).Select(week => mature.Any(weeks => weeks is not null && !weeks[week]))],
            Incomplete = Completeness.Incomplete(snapshot, columns, program.Reads, first, count),
        };
    }
}

/// <summary>How far a source's windows reach.</summary>
/// <param name="TileMin">From a row's week to the first whose tile it may need.</param>
/// <param name="TileEnd">From a row's week to the one behind the last whose tile it may need.</param>
/// <param name="Starts">For each week the least start of a window.</param>
/// <param name="Ends">For each week the greatest end of a window.</param>
internal sealed record SourceReach(int TileMin, int TileEnd, long[] Starts, long[] Ends)
{
    /// <summary>The part of an entity's events that its rows may need; all of them where it is most.</summary>
    /// <param name="times">The events' times, ascending.</param>
    /// <param name="first">The first of the entity's weeks.</param>
    /// <param name="last">The last of them.</param>
    public (int From, int Count) PartOf(ReadOnlySpan<long> times, int first, int last)
    {
        var low = Bound(times, Starts[first]);
        var high = Bound(times, Ends[last]);
        // Neighbours that are read as a whole become one run, which is worth some events too many.
        return (high - low) * 4L >= times.Length * 3L ? (0, times.Length) : (low, high - low);
    }

    /// <summary>The weeks all of whose events <see cref="PartOf"/> finds for a run over all rows; none where the second is not after the first.</summary>
    /// <param name="calendar">The catalog's weeks.</param>
    /// <param name="firstWeek">Number of the first row's week.</param>
    /// <param name="count">Number of weeks.</param>
    public (int First, int End) WholeTiles(WeekCalendar calendar, int firstWeek, int count)
    {
        var (first, end) = (firstWeek + TileMin, firstWeek + count - 1 + TileEnd);
        if (Starts[0] > calendar.Cutoff(first))
        {
            var week = calendar.WeekOf(Starts[0]);
            first = calendar.Cutoff(week) < Starts[0] ? week + 1 : week;
        }

        return (first, Ends[^1] < calendar.Cutoff(end) ? calendar.WeekOf(Ends[^1]) : end);
    }

    /// <summary>The reach of some windows.</summary>
    public static SourceReach Of(WindowShape[] shapes, int count)
    {
        var (min, end) = (int.MaxValue, int.MinValue);
        foreach (var shape in shapes)
        {
            foreach (var run in shape.Runs)
            {
                (min, end) = (Math.Min(min, run.EndOffset - (shape.IsOpen ? 0 : run.WeekCount)), Math.Max(end, run.EndOffset));
            }

            foreach (var offset in new[] { shape.StartOffset, shape.EndOffset }.Where(offset => offset != WindowShape.Unaligned))
            {
                (min, end) = (Math.Min(min, offset), Math.Max(end, offset));
            }
        }

        return new SourceReach(
            min,
            end,
            [.. Enumerable.Range(0, count).Select(week => shapes.Min(shape => shape.Starts[week]))],
            [.. Enumerable.Range(0, count).Select(week => shapes.Max(shape => shape.Ends[week]))]);
    }

    /// <summary>The first time that is not before an instant.</summary>
    private static int Bound(ReadOnlySpan<long> times, long instant)
    {
        if (times.Length == 0 || times[0] >= instant)
        {
            return 0;
        }

        var (low, high) = (0, times.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = times[middle] < instant ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
