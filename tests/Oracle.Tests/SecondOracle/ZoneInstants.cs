using NodaTime;
using NodaTime.Text;

namespace FeatureService.Oracle.Tests.SecondOracle;

/// <summary>Instants by NodaTime, in microseconds UTC; shares nothing with the engine's calendar.</summary>
/// <param name="zoneName">A zone of the tz database.</param>
/// <param name="firstDay">The first day of the first week that is asked for.</param>
/// <param name="weeks">Number of weeks.</param>
internal sealed class ZoneInstants(string zoneName, LocalDate firstDay, int weeks)
{
    /// <summary>Before everything.</summary>
    public const long Ever = long.MinValue / 2;

    private readonly DateTimeZone _zone = DateTimeZoneProviders.Tzdb[zoneName];

    /// <summary>First days of the weeks.</summary>
    public IReadOnlyList<LocalDate> Days { get; } = [.. Enumerable.Range(0, weeks).Select(firstDay.PlusWeeks)];

    /// <summary>Microseconds of an instant.</summary>
    public static long Micros(Instant instant) => instant.ToUnixTimeTicks() / 10;

    /// <summary>The first instant of a date.</summary>
    public long StartOfDay(LocalDate day) => Micros(_zone.AtStartOfDay(day).ToInstant());

    /// <summary>A window of the week that starts on a day.</summary>
    /// <param name="window">The window.</param>
    /// <param name="day">The week's first day.</param>
    /// <param name="settles">How long rows may still become known after the window.</param>
    public (long Start, long Stop, long Settled) Of(Window window, LocalDate day, Span? settles)
    {
        var (lagDays, lagMicros) = (window.Lag?.Days ?? 0, window.Lag?.Micros ?? 0);
        var (days, micros) = (window.Length?.Days ?? 0, window.Length?.Micros ?? 0);
        var (settleDays, settleMicros) = (settles?.Days ?? 0, settles?.Micros ?? 0);
        if (window.IsNext)
        {
            return (
                StartOfDay(day.PlusDays(lagDays)) + lagMicros,
                StartOfDay(day.PlusDays(lagDays + days)) + lagMicros + micros,
                StartOfDay(day.PlusDays(lagDays + days + settleDays)) + lagMicros + micros + settleMicros);
        }

        return (
            window.Length is null ? Ever : StartOfDay(day.PlusDays(-lagDays - days)) - lagMicros - micros,
            StartOfDay(day.PlusDays(-lagDays)) - lagMicros,
            StartOfDay(day.PlusDays(-lagDays + settleDays)) - lagMicros + settleMicros);
    }

    /// <summary>The instant that a text means: with an offset, or local, of two the later, a skipped one moved forward.</summary>
    public long Read(string text)
    {
        var iso = text.Replace(' ', 'T');
        if (OffsetDateTimePattern.ExtendedIso.Parse(iso).TryGetValue(default, out var withOffset))
        {
            return Micros(withOffset.ToInstant());
        }

        var whole = iso.Length switch { 10 => iso + "T00:00:00", 16 => iso + ":00", _ => iso };
        var local = LocalDateTimePattern.ExtendedIso.Parse(whole).Value;
        return Micros(_zone.ResolveLocal(local, NodaTime.TimeZones.Resolvers.CreateMappingResolver(
            NodaTime.TimeZones.Resolvers.ReturnLater, NodaTime.TimeZones.Resolvers.ReturnForwardShifted)).ToInstant());
    }

    /// <summary>A macro from microseconds to the zone's local time, of all instants from 2000 to 2050.</summary>
    public string Macro()
    {
        var intervals = _zone.GetZoneIntervals(Instant.FromUtc(2000, 1, 1, 0, 0), Instant.FromUtc(2050, 1, 1, 0, 0)).Reverse();
        var cases = intervals.Select(interval =>
            $"WHEN micros >= {(interval.HasStart ? Micros(interval.Start) : Ever)} THEN {interval.WallOffset.Milliseconds * 1000L}");
        return $"CREATE MACRO local(micros) AS make_timestamp((micros + CASE {string.Join(' ', cases)} END)::BIGINT);";
    }
}
