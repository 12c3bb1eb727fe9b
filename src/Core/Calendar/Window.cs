using System.Globalization;

namespace FeatureService.Core.Calendar;

/// <summary>The kinds of window.</summary>
public enum WindowKind : byte
{
    /// <summary>A length of time before the cutoff: <c>over 13w</c>.</summary>
    Over,

    /// <summary>Everything before the window's end: <c>over all</c>.</summary>
    All,

    /// <summary>So many latest events: <c>over last 5 events</c>.</summary>
    LastEvents,

    /// <summary>A length of time from the cutoff on, in labels: <c>over next 1w</c>.</summary>
    Next,
}

/// <summary>The stretch of time that an aggregate sees, relative to a cutoff; closed at its start, open at its end.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Span">The length, for <see cref="WindowKind.Over"/> and <see cref="WindowKind.Next"/>.</param>
/// <param name="EventsMax">How many events, for <see cref="WindowKind.LastEvents"/>; else 0.</param>
/// <param name="Lag">How far the window is moved back, or for <see cref="WindowKind.Next"/> on.</param>
public sealed record Window(WindowKind Kind, Length? Span, int EventsMax, Length? Lag)
{
    /// <summary>The window's instants for a week: microseconds UTC; the start is <see cref="long.MinValue"/> where it is open.</summary>
    /// <param name="calendar">The catalog's weeks.</param>
    /// <param name="week">Number of the week.</param>
    /// <remarks>All calendar days are counted from the cutoff's local date first, then all exact time.</remarks>
    public (long Start, long End) Instants(WeekCalendar calendar, int week)
    {
        var day = calendar.FirstDay(week);
        var (spanDays, spanMicros) = Parts(Span);
        var (lagDays, lagMicros) = Parts(Lag);
        if (Kind == WindowKind.Next)
        {
            return (
                calendar.Zone.StartOfDay(day + lagDays) + lagMicros,
                calendar.Zone.StartOfDay(day + lagDays + spanDays) + lagMicros + spanMicros);
        }

        var end = calendar.Zone.StartOfDay(day - lagDays) - lagMicros;
        return Kind == WindowKind.Over
            ? (calendar.Zone.StartOfDay(day - lagDays - spanDays) - lagMicros - spanMicros, end)
            : (long.MinValue, end);
    }

    /// <summary>The window as it stands in a normal form.</summary>
    public string NormalForm
    {
        get
        {
            var text = Kind switch
            {
                WindowKind.Over => Span!.Value.NormalForm,
                WindowKind.Next => "next " + Span!.Value.NormalForm,
                WindowKind.All => "all",
                _ => string.Create(CultureInfo.InvariantCulture, $"last {EventsMax} events"),
            };
            return Lag is { } lag ? $"{text} lag {lag.NormalForm}" : text;
        }
    }

    private static (int Days, long Micros) Parts(Length? length) =>
        length is { } given ? (given.CalendarDays, given.ExactMicros) : (0, 0);
}
