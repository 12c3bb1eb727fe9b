using FeatureService.Core.Calendar;

namespace FeatureService.Engine.Expressions;

/// <summary>A zone's rules laid out for runs of instants: neighbours mostly share their offset.</summary>
internal sealed class ZoneClock
{
    private readonly ZoneRules _zone;
    private readonly long[] _starts;
    private readonly int[] _offsetSeconds;

    public ZoneClock(ZoneRules zone)
    {
        _zone = zone;
        _starts = [.. zone.Starts, long.MaxValue];
        _offsetSeconds = [.. zone.OffsetSeconds];
    }

    /// <summary>Local time at an instant.</summary>
    /// <param name="utc">Microseconds UTC.</param>
    /// <param name="interval">Where the last instant lay; 0 at first.</param>
    public long ToLocal(long utc, ref int interval)
    {
        if (utc < _starts[interval] || utc >= _starts[interval + 1])
        {
            var index = Array.BinarySearch(_starts, 0, _offsetSeconds.Length, utc);
            interval = index >= 0 ? index : ~index - 1;
        }

        return utc + (_offsetSeconds[interval] * Instants.MicrosPerSecond);
    }

    /// <summary>The first instant of a local date.</summary>
    public long StartOfDay(int day) => _zone.StartOfDay(day);
}
