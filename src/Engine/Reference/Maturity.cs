using FeatureService.Core.Calendar;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Engine.Reference;

/// <summary>Whether what a label reads is in the data yet.</summary>
internal static class Maturity
{
    /// <summary>A label is mature when no window that it reads, moved on by its source's settling, ends after its source is complete.</summary>
    public static bool IsMature(ISnapshot snapshot, FeatureColumn label, int week) => Reads(label.Expression).All(call =>
        Settled(snapshot.Catalog.Calendar, call.Window, snapshot.Catalog.Sources[call.Source].SettlesWithin, week)
            <= snapshot.CompleteUntil(call.Source));

    /// <summary>Why a label is not mature: the first source that is complete too early.</summary>
    public static string Reason(ISnapshot snapshot, FeatureColumn label, int week)
    {
        var call = Reads(label.Expression).First(call => End(call) > snapshot.CompleteUntil(call.Source));
        return $"source {snapshot.Catalog.Sources[call.Source].Name} is complete until {Instants.Format(snapshot.CompleteUntil(call.Source))}, "
            + $"but what the label reads of it is settled by {Instants.Format(End(call))}";

        long End(AggregateCall read) =>
            Settled(snapshot.Catalog.Calendar, read.Window, snapshot.Catalog.Sources[read.Source].SettlesWithin, week);
    }

    /// <summary>Every aggregate of an expression, of the features that it uses too.</summary>
    public static IEnumerable<AggregateCall> Reads(Expression expression) => expression switch
    {
        AggregateExpression aggregate => [aggregate.Call],
        FeatureExpression feature => Reads(feature.Column.Expression),
        CallExpression call => call.Arguments.SelectMany(Reads),
        CaseExpression cases => cases.Branches
            .SelectMany(branch => Reads(branch.When).Concat(Reads(branch.Then)))
            .Concat(cases.Else is null ? [] : Reads(cases.Else)),
        _ => [],
    };

    /// <summary>A window's end moved on by a length, all calendar days counted before all exact time, as every window's end is.</summary>
    private static long Settled(WeekCalendar calendar, Window window, Length? settlesWithin, int week)
    {
        var sign = window.Kind == WindowKind.Next ? 1 : -1;
        var days = sign * (window.Lag?.CalendarDays ?? 0) + (settlesWithin?.CalendarDays ?? 0);
        var micros = sign * (window.Lag?.ExactMicros ?? 0) + (settlesWithin?.ExactMicros ?? 0);
        if (window.Kind == WindowKind.Next)
        {
            days += window.Span!.Value.CalendarDays;
            micros += window.Span!.Value.ExactMicros;
        }

        return calendar.Zone.StartOfDay(calendar.FirstDay(week) + days) + micros;
    }
}
